// Builds a release: `bun run release --signing-key FILE [--base-url URL] [--targets A,B] [--out
// DIR]`. FILE is an Ed25519 private key as PEM (`openssl genpkey -algorithm ed25519`), kept off the
// build machine but for this. Leaves a folder to be put on a web server.

import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { isTarget, TARGETS, type Target } from "../src/cli/release/target.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { bundleHash, writeExecutable } from "./executable.ts";
import { writeReleaseFolder } from "./release-folder.ts";
import { releaseKeyOf, signingKey } from "./signature.ts";

const USAGE = 64;
const PROGRAM = "convex-peer";
const BYTES_A_MEGABYTE = 1e6;

function refuse(message: string): never {
  process.stderr.write(`release: ${message}\n`);
  process.exit(USAGE);
}

function parseTargets(text: string): Target[] {
  return text.split(",").map((name) => {
    if (isTarget(name)) return name;
    return refuse(`unknown target '${name}': there are ${TARGETS.join(", ")}`);
  });
}

const { values } = parseArgs({
  options: {
    "signing-key": { type: "string" },
    "base-url": { type: "string" },
    targets: { type: "string", default: TARGETS.join(",") },
    out: { type: "string", default: "dist/release" },
  },
});
const keyFile = values["signing-key"] ?? refuse("--signing-key FILE is needed (PEM, Ed25519)");
const key = signingKey(readFileSync(keyFile, "utf8"));
const { version } = packageJson;
const url = values["base-url"]?.replace(/\/+$/, "") ?? null;
const origin = { releaseKey: releaseKeyOf(key), releaseUrl: url ?? undefined };
const executables = new Map<Target, string>();
for (const target of parseTargets(values.targets)) {
  // One name for all: the bytecode holds it, and with it the same sources give the same bytes.
  const path = join("dist", "build", target, PROGRAM);
  await writeExecutable(path, target, origin);
  executables.set(target, path);
  const megabytes = (statSync(path).size / BYTES_A_MEGABYTE).toFixed(0);
  process.stdout.write(`built ${target}  ${megabytes} MB\n`);
}
mkdirSync(values.out, { recursive: true });
const bundle = await bundleHash(origin);
const documents = new Map([
  [`${PROGRAM}-${version}.cdx.json`, billOfMaterials()],
  ["BUNDLE", `${bundle}\n`],
]);
await writeReleaseFolder(values.out, { version, executables, documents, key, url });
process.stdout.write(`bundle ${bundle}\n`);
process.stdout.write(`release key ${origin.releaseKey}\n`);
process.stdout.write(`${values.out}  version ${version}, ${executables.size} targets\n`);
