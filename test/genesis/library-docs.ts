// docs/libraries.md, made from the documentation that the libraries of a genesis State carry, and
// from the comments at the head of their sources.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import type { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import { readScenarios, stepsOf } from "./scenario.ts";

const SOURCES = join(import.meta.dir, "../../src/genesis/lib");
const TESTS = join(import.meta.dir, "lib");
/** Files of scenarios that are all about what the reference does otherwise. */
const DIFFERENCES = ["library-differences", "differences"];

/** What stands in brackets, and the references in it to sheets that readers do not have. */
const BRACKETS = /(\s*)\(([^()]*)\)/g;
const SHEET = /^(?:sheet\s\d\d\s§[\d.]+|T\d+)$/;

const KEY = {
  CALLABLE: Keyword.of("callable"),
  CODE: Keyword.of("code"),
  DESCRIPTION: Keyword.of("description"),
  DOC: Keyword.of("doc"),
  ERRORS: Keyword.of("errors"),
  EXAMPLES: Keyword.of("examples"),
  PARAMS: Keyword.of("params"),
  PRIVATE: Keyword.of("private"),
  SIGNATURE: Keyword.of("signature"),
} as const;

/** A library, or what it puts into the actors that it builds: names with a prefix of their own. */
interface Chapter {
  readonly title: string;
  readonly address: number;
  readonly file: string;
  readonly prefixes: readonly string[];
}

const CHAPTERS: readonly Chapter[] = [
  { title: "convex.core", address: 8, file: "core", prefixes: [] },
  { title: "convex.registry, convex.cns", address: 9, file: "registry", prefixes: [] },
  { title: "convex.trust", address: 10, file: "trust", prefixes: [] },
  {
    title: "convex.fungible",
    address: 64,
    file: "fungible",
    prefixes: ["-token-", "-mint-"],
  },
  { title: "convex.asset", address: 65, file: "asset", prefixes: [] },
  { title: "torus.exchange", address: 66, file: "torus", prefixes: ["-market-"] },
  { title: "asset.nft.simple", address: 67, file: "nft-simple", prefixes: [] },
  { title: "asset.nft.basic", address: 68, file: "nft-basic", prefixes: [] },
  { title: "asset.box.actor", address: 69, file: "box-actor", prefixes: [] },
  { title: "asset.box", address: 70, file: "box", prefixes: [] },
  { title: "asset.multi-token", address: 71, file: "multi-token", prefixes: [] },
  { title: "asset.wrap.convex", address: 72, file: "wrap-convex", prefixes: [] },
  { title: "convex.trust.ownership-monitor", address: 73, file: "ownership-monitor", prefixes: [] },
  { title: "convex.trust.delegate", address: 74, file: "delegate", prefixes: [] },
  { title: "convex.trust.whitelist", address: 75, file: "whitelist", prefixes: [] },
  { title: "convex.trust.monitors", address: 76, file: "monitors", prefixes: [] },
  { title: "convex.governance", address: 77, file: "governance", prefixes: [] },
];

/** Headings of the functions that libraries put into actors, by prefix. */
const BUILT: Readonly<Record<string, string>> = {
  "-token-": "Callable functions of a token",
  "-mint-": "Callable functions of a token built with add-mint",
  "-market-": "Callable functions of a market, besides those of a token, which are of its shares",
};

/** A symbol with documentation. */
interface Entry {
  readonly name: string;
  readonly doc: CVMMap;
  readonly isCallable: boolean;
}

/** Text of docs/libraries.md. */
export function libraryDocs(state: State): string {
  const chapters = CHAPTERS.map((chapter) => chapterText(state, chapter));
  return `${[INTRODUCTION, ...chapters, differences()].join("\n\n")}\n`;
}

/** Where the libraries do something else than the reference, and why. */
function differences(): string {
  const scenarios = DIFFERENCES.flatMap((file) =>
    readScenarios(readFileSync(join(TESTS, `${file}.cvx`), "utf8")),
  );
  const items = scenarios.map((scenario) => {
    const reason = stepsOf(scenario).find((step) => step.reason !== null)?.reason;
    return `- **${scenario.title}**: ${reason}`;
  });
  const introduction =
    "The reference's libraries of release 0.8.5 have bugs that their interfaces do not promise. " +
    "Here:";
  return ["## Differences from release 0.8.5", introduction, items.join("\n")].join("\n\n");
}

const INTRODUCTION = [
  "# Libraries",
  "",
  "What a network that is started here has from the beginning. This page is made from the",
  "documentation of the libraries by `bun run docs:libraries`; `(doc library/name)` shows the same.",
  "",
  "Callable functions are called in the account of the library: `(call #65 (balance #12))`. The",
  "others run in the account of their caller: `(import convex.asset :as asset)`, then",
  "`(asset/balance token)`.",
].join("\n");

function chapterText(state: State, chapter: Chapter): string {
  const entries = entriesOf(state, chapter.address);
  const parts = [`## ${chapter.title} (#${chapter.address})`, headComment(chapter.file)];
  for (const entry of entries) {
    if (entry.doc.get(KEY.PRIVATE) !== true) parts.push(entryText(entry, entry.name));
  }
  for (const prefix of chapter.prefixes) {
    parts.push(`### ${BUILT[prefix]}`);
    for (const entry of entries.filter(({ name }) => name.startsWith(prefix))) {
      parts.push(entryText(entry, entry.name.slice(prefix.length)));
    }
  }
  return parts.join("\n\n");
}

function entriesOf(state: State, address: number): Entry[] {
  const account = state.account(Address.of(address));
  const names = (account?.environment?.keys() ?? []) as CVMSymbol[];
  return names
    .map((symbol) => ({ symbol, metadata: account?.metadataOf(symbol) ?? null }))
    .map(({ symbol, metadata }) => ({
      name: symbol.name,
      doc: mapAt(metadata, KEY.DOC),
      isCallable: metadata instanceof CVMMap && metadata.get(KEY.CALLABLE) === true,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function entryText({ doc, isCallable }: Entry, name: string): string {
  const lines = [`#### \`${name}\`${isCallable ? " (callable)" : ""}`, ""];
  const signatures = vectorAt(doc, KEY.SIGNATURE).map((signature) => {
    const params = vectorAt(signature, KEY.PARAMS).map((param) => ` ${print(param)}`);
    return `\`(${name}${params.join("")})\``;
  });
  if (signatures.length > 0) lines.push(signatures.join(" "), "");
  lines.push(prose(String(doc.get(KEY.DESCRIPTION))));
  const errors = mapAt(doc, KEY.ERRORS)
    .entries()
    .map(([code, when]) => `- \`${print(code)}\` ${prose(String(when))}`);
  if (errors.length > 0) lines.push("", ...errors.sort());
  const examples = vectorAt(doc, KEY.EXAMPLES).map((e) => String((e as CVMMap).get(KEY.CODE)));
  if (examples.length > 0) lines.push("", "```clojure", ...examples, "```");
  return lines.join("\n");
}

/** The first comment of a source, as paragraphs. */
function headComment(file: string): string {
  const lines = readFileSync(join(SOURCES, `${file}.cvx`), "utf8").split("\n");
  const start = lines.findIndex((line) => line.startsWith(";;"));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith(";;"));
  const text = lines
    .slice(start, end)
    .map((line) => line.replace(/^;; ?/, ""))
    .join("\n")
    .replace(BRACKETS, (_, space: string, inside: string) => {
      const kept = inside.split(/,\s/).filter((part) => !SHEET.test(part));
      return kept.length === 0 ? "" : `${space}(${kept.join(", ")})`;
    });
  return prose(text);
}

/** Text in which Markdown finds nothing to emphasise, so that formatters leave it alone. */
function prose(text: string): string {
  return text.replace(/`[^`]*`|[*_]/g, (match) => (match.length === 1 ? `\\${match}` : match));
}

function mapAt(value: Value, key: Keyword): CVMMap {
  const inner = value instanceof CVMMap ? value.get(key) : null;
  return inner instanceof CVMMap ? inner : CVMMap.EMPTY;
}

function vectorAt(value: Value, key: Keyword): Value[] {
  const inner = value instanceof CVMMap ? value.get(key) : null;
  return inner instanceof Vector ? inner.toArray() : [];
}
