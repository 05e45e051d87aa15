// Builds a release: leaves a folder to be put on a web server. The key is kept off the build
// machine but for this.

import type { KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { TARGETS, type Target } from "../src/cli/release/target.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { bundleHash, writeExecutable } from "./executable.ts";
import { writeReleaseFolder } from "./release-folder.ts";
import { releaseKeyOf, signingKey } from "./signature.ts";
import { existing, oneOf, readCommandLine, UsageError } from "./tool.ts";

const PROGRAM = "convex-peer";
const BYTES_A_MEGABYTE = 1e6;

const TOOL = {
  command: "bun run release",
  usage: `--signing-key FILE [--base-url URL] [--targets A,B] [--out DIR]

  --signing-key FILE  Ed25519 private key as PEM (openssl genpkey -algorithm ed25519)
  --base-url URL      where the folder will be found, for install.sh and \`upgrade\`
  --targets A,B       some of ${TARGETS.join(", ")};
                      all when it is left out
  --out DIR           the folder to write (dist/release)`,
  flags: { "signing-key": "text", "base-url": "text", targets: "text", out: "text" },
} as const;

/** @throws UsageError */
function readKey(file: string | undefined): KeyObject {
  if (file === undefined) throw new UsageError("--signing-key FILE is needed (PEM, Ed25519)");
  try {
    return signingKey(readFileSync(existing(file, "--signing-key"), "utf8"));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--signing-key: expected an Ed25519 private key as PEM: ${why}`);
  }
}

const wanted = readCommandLine(TOOL, ({ values }) => ({
  key: readKey(values["signing-key"]),
  url: values["base-url"]?.replace(/\/+$/, "") ?? null,
  targets: (values.targets ?? TARGETS.join(",")).split(",").map((name) => {
    return oneOf(name, "--targets", TARGETS);
  }),
  out: values.out ?? join("dist", "release"),
}));
const { key, url, out } = wanted;
const { version } = packageJson;
const origin = { releaseKey: releaseKeyOf(key), releaseUrl: url ?? undefined };
const executables = new Map<Target, string>();
for (const target of wanted.targets) {
  // One name for all: the bytecode holds it, and with it the same sources give the same bytes.
  const path = join("dist", "build", target, PROGRAM);
  await writeExecutable(path, target, origin);
  executables.set(target, path);
  const megabytes = (statSync(path).size / BYTES_A_MEGABYTE).toFixed(0);
  process.stdout.write(`built ${target}  ${megabytes} MB\n`);
}
mkdirSync(out, { recursive: true });
const bundle = await bundleHash(origin);
const documents = new Map([
  [`${PROGRAM}-${version}.cdx.json`, billOfMaterials()],
  ["BUNDLE", `${bundle}\n`],
]);
await writeReleaseFolder(out, { version, executables, documents, key, url });
process.stdout.write(`bundle ${bundle}\n`);
process.stdout.write(`release key ${origin.releaseKey}\n`);
process.stdout.write(`${out}  version ${version}, ${executables.size} targets\n`);
