// The shape of the code base, enforced: layer order, file and function sizes, calls that pure
// layers must not make (ARCHITECTURE.md, Layers), and that files which are named are there.

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { TEST_MS } from "./patience.ts";

const ROOT = join(import.meta.dir, "..");
const SOURCE = join(ROOT, "src");

/** For each layer, all it may import besides itself. */
const CHAIN = [
  "crypto",
  "data",
  "lang",
  "state",
  "cvm",
  "transition",
  "genesis",
  "consensus",
  "peer",
  "rest",
  "cli",
];
const ALLOWED = new Map<string, readonly string[]>(
  CHAIN.map((layer, index) => [layer, CHAIN.slice(0, index)]),
);
ALLOWED.set("system", []);
ALLOWED.set("store", ["system", "crypto", "data"]);
ALLOWED.set("net", ["system", "crypto", "data"]);
ALLOWED.set("keys", ["system", "crypto"]);
for (const upper of ["peer", "rest", "cli"]) {
  ALLOWED.set(upper, [...(ALLOWED.get(upper) ?? []), "system", "store", "net", "keys"]);
}

/** Layers without clock, randomness, I/O or async. */
const PURE = ["data", "lang", "state", "cvm", "transition", "genesis", "consensus"];
const IMPURE =
  /\b(Date\.now|Math\.random|setTimeout|setInterval|performance\.now|async |await |node:fs|node:net|bun:sqlite)/;

const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const COMMENT_COLUMNS_MAX = 100;
/** Tables may be longer: one row a name. */
const TABLES = /(?:-table|core-docs|metadata)\.ts$/;

interface SourceFile {
  readonly path: string;
  readonly layer: string;
  readonly text: string;
}

const files: SourceFile[] = [...new Bun.Glob("**/*.ts").scanSync(SOURCE)].sort().map((path) => ({
  path,
  layer: path.split("/")[0] ?? "",
  text: readFileSync(join(SOURCE, path), "utf8"),
}));

function importsOf(file: SourceFile): string[] {
  const found = [...file.text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)];
  return found.map((match) => relative(SOURCE, join(SOURCE, dirname(file.path), match[1] ?? "")));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** Longest run of lines from a function's header to its closing brace, by indentation. */
function longestFunction(text: string): { name: string; lines: number } {
  let longest = { name: "", lines: 0 };
  const lines = text.split("\n");
  lines.forEach((line, start) => {
    const header =
      /^( *)(?:export )?(?:async )?(?:function\*? (\w+)|(?:override |static |private |async )*(?:get |set )?(#?\w+)\([^;]*\)(?:: [^=;]+)? \{$)/.exec(
        line,
      );
    if (header === null) return;
    const indent = header[1] ?? "";
    if (/^(?:if|for|while|switch|catch|return)$/.test(header[3] ?? "")) return;
    const end = lines.findIndex((other, i) => i > start && other === `${indent}}`);
    const size = end - start + 1;
    if (end > 0 && size > longest.lines)
      longest = { name: header[2] ?? header[3] ?? "", lines: size };
  });
  return longest;
}

test("imports follow the layer order", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => !target.startsWith(".."))
      .filter((target) => {
        const layer = target.split("/")[0] ?? "";
        return layer !== file.layer && !(ALLOWED.get(file.layer) ?? []).includes(layer);
      })
      .map((target) => `${file.path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("pure layers have no clock, randomness, I/O or async", () => {
  const wrong = files
    .filter((file) => PURE.includes(file.layer))
    .flatMap((file) => {
      const match = IMPURE.exec(withoutComments(file.text));
      return match === null ? [] : [`${file.path}: ${match[0]}`];
    });
  expect(wrong).toEqual([]);
});

test(`no file has more than ${LINES_MAX} lines`, () => {
  const wrong = files
    .filter((file) => !TABLES.test(file.path))
    .map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX);
  expect(wrong).toEqual([]);
});

test(`no function has more than ${FUNCTION_LINES_MAX} lines`, () => {
  const wrong = files
    .map((file) => ({ path: file.path, ...longestFunction(file.text) }))
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX);
  expect(wrong).toEqual([]);
});

test(`no comment is wider than ${COMMENT_COLUMNS_MAX} columns`, () => {
  const wrong = [...new Bun.Glob("{src,test,release}/**/*.{ts,js}").scanSync(ROOT)].flatMap(
    (path) =>
      readFileSync(join(ROOT, path), "utf8")
        .split("\n")
        .filter((line) => line.length > COMMENT_COLUMNS_MAX && /^\s*(?:\/\/|\/?\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
  );
  expect(wrong).toEqual([]);
});

test("no file is named utils, helpers, common or types", () => {
  const wrong = files.filter((file) =>
    /(?:^|\/)(?:utils?|helpers?|common|types)\.ts$/.test(file.path),
  );
  expect(wrong.map((file) => file.path)).toEqual([]);
});

test("a peer is called a peer, juice juice", () => {
  const inLayers = files.filter(({ layer }) => [...CHAIN.slice(5), "net"].includes(layer));
  const wrong = inLayers.flatMap(({ path, text }) => {
    const code = withoutComments(text).replace(/"node:[\w/]+"/g, "");
    const found = /\b(?:nodes?|node[A-Z]\w*|\w+Nodes?|validators?|gas|blockchain)\b/.exec(code);
    return found === null ? [] : [`${path}: ${found[0]}`];
  });
  expect(wrong).toEqual([]);
});

test("no skipped tests and nothing left for later", () => {
  const tests = [...new Bun.Glob("**/*.ts").scanSync(join(ROOT, "test"))];
  const wrong = tests
    .map((path) => ({ path, text: readFileSync(join(ROOT, "test", path), "utf8") }))
    .filter(({ path }) => path !== "tidy.test.ts")
    .filter(({ text }) => /\b(?:test|it|describe)\.(?:skip|todo|only)\(/.test(text))
    .map(({ path }) => path);
  const later = files.filter((file) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(file.text));
  expect([...wrong, ...later.map((file) => file.path)]).toEqual([]);
});

test("no test ends others than those that hang", () => {
  // Time limits are the suite's: one of its own fails on a machine that has much else to do.
  const limited = [...new Bun.Glob("**/*.test.ts").scanSync(join(ROOT, "test"))].filter((path) => {
    const text = readFileSync(join(ROOT, "test", path), "utf8");
    return /\bsetDefaultTime(?:out)\((?!TEST_MS\))|^ *\}, [1-9]\d{0,2}_000\);$|\btimeout: \d+_000,$/m.test(
      text,
    );
  });
  expect(limited).toEqual([]);
  expect(packageJson.scripts.test.split(" ")).toContain(`${TEST_MS}`);
});

test("tests that are not run on every machine say so", () => {
  const silent = [...new Bun.Glob("**/*.test.ts").scanSync(join(ROOT, "test"))].filter((path) => {
    const text = readFileSync(join(ROOT, "test", path), "utf8");
    const isPartial = /\b(?:test|it|describe)\.(?:if|skipIf)\(|Bun\.which\(/.test(text);
    return isPartial && path !== "tidy.test.ts" && !text.includes("notRun(");
  });
  expect(silent).toEqual([]);
});

test("documents and comments name files that exist", () => {
  const paths = [...new Bun.Glob("{src,test,release,docs}/**/*").scanSync(ROOT)];
  const isThere = (name: string) =>
    existsSync(join(ROOT, name)) || paths.some((path) => path.endsWith(`/${name}`));
  const inLayer = new RegExp(
    `\`((?:src/)?(?:${[...ALLOWED.keys()].join("|")})/[\\w./-]+\\.\\w+)\``,
    "g",
  );
  const documents = ["ARCHITECTURE.md", "CHANGELOG.md", "README.md"]
    .concat(paths.filter((path) => path.endsWith(".md")))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
  const comments = files.map(({ path, text }) => ({
    path,
    text: (text.match(/^\s*(?:\/\/|\/?\*).*$/gm) ?? []).join("\n"),
  }));
  const named = [
    ...documents.flatMap(({ path, text }) =>
      [...text.matchAll(inLayer)].map((match) => ({ path, name: match[1] ?? "" })),
    ),
    ...comments.flatMap(({ path, text }) =>
      (text.match(/[\w./-]*[\w-]\.ts\b/g) ?? []).map((name) => ({ path, name })),
    ),
  ];
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ name }) => !isThere(name))).toEqual([]);
});

test("each script of package.json is named in README.md or CONTRIBUTING.md", () => {
  const text = ["README.md", "CONTRIBUTING.md"]
    .map((path) => readFileSync(join(ROOT, path), "utf8"))
    .join("\n");
  const unnamed = Object.keys(packageJson.scripts).filter(
    (name) => !new RegExp(`(?:npm |run |\`)${name}(?![\\w:-])`).test(text),
  );
  expect(unnamed).toEqual([]);
});

test("each rule of docs/quirks.md is named where it says that it is, and in a test", () => {
  const rows = readFileSync(join(ROOT, "docs/quirks.md"), "utf8").matchAll(
    /^\| (T\d+) \|.*\| ([^|]+) \|$/gm,
  );
  const tests = [...new Bun.Glob("test/**/*.ts").scanSync(ROOT)].map((path) => ({
    path: path.slice("test/".length),
    text: readFileSync(join(ROOT, path), "utf8"),
  }));
  const names = (rule: string) => new RegExp(`\\b${rule}\\b`);
  const unnamed: string[] = [];
  const rules = new Set<string>();
  for (const [, rule = "", places = ""] of rows) {
    rules.add(rule);
    for (const [, place = ""] of places.matchAll(/`([^`]+)`/g)) {
      const below = files.filter(({ path }) => path === place || path.startsWith(`${place}/`));
      const library = join(SOURCE, place);
      const texts = place.endsWith(".cvx")
        ? [readFileSync(library, "utf8")]
        : below.map(({ text }) => text);
      if (!texts.some((text) => names(rule).test(text))) unnamed.push(`${rule} in ${place}`);
    }
    if (!tests.some(({ text }) => names(rule).test(text))) unnamed.push(`${rule} in a test`);
  }
  expect(unnamed).toEqual([]);
  const used = [...files, ...tests].flatMap(({ path, text }) =>
    (text.match(/\bT[1-9]\d*\b/g) ?? []).map((rule) => ({ path, rule })),
  );
  expect(rules.size).toBeGreaterThan(50);
  expect(used.filter(({ rule }) => !rules.has(rule))).toEqual([]);
});
