// Writes the folder that is put on a server (src/cli/release/manifest.ts says what is in it).

import { createHash, type KeyObject } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import {
  fileOf,
  LATEST_FILE,
  SIGNATURE_FILE,
  SSH_SIGNATURE_FILE,
  SUMS_FILE,
  sumsText,
} from "../src/cli/release/manifest.ts";
import type { Target } from "../src/cli/release/target.ts";
import { plainSignature, releaseKeyOf, sshSignature } from "./signature.ts";

const INSTALLER = join(import.meta.dir, "..", "install.sh");
const BEST_COMPRESSION = 9;
const EXECUTABLE = 0o755;

export interface ReleaseParts {
  readonly version: string;
  /** Path of the executable of each target. */
  readonly executables: ReadonlyMap<Target, string>;
  /** Further files of the version's folder, by name. */
  readonly documents: ReadonlyMap<string, string>;
  readonly key: KeyObject;
  /** Address under which the folder will lie, built into its install.sh; null to be given there. */
  readonly url: string | null;
  readonly compressionLevel?: number;
}

/** install.sh with the key, and the address, built in. */
export function installerText(releaseKey: string, url: string | null): string {
  const text = readFileSync(INSTALLER, "utf8");
  const built = text
    .replace("\nrelease_key=''", `\nrelease_key='${releaseKey}'`)
    .replace("\nbase_url=''", `\nbase_url='${url ?? ""}'`);
  if (built.includes(`release_key='${releaseKey}'`)) return built;
  throw new Error("install.sh has no line release_key=''");
}

function sumOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** The compressed executable has no time and no name in it: the same bytes give the same file. */
async function compress(from: string, to: string, level: number): Promise<void> {
  await pipeline(createReadStream(from), createGzip({ level }), createWriteStream(to));
}

/** Adds a version to a release folder and makes it the latest. */
export async function writeReleaseFolder(folder: string, parts: ReleaseParts): Promise<void> {
  const { version, executables, documents, key, url } = parts;
  const inside = join(folder, version);
  mkdirSync(inside, { recursive: true });
  const sums = new Map<string, string>();
  for (const [target, path] of executables) {
    const name = fileOf(version, target);
    await compress(path, join(inside, name), parts.compressionLevel ?? BEST_COMPRESSION);
    sums.set(name, sumOf(join(inside, name)));
  }
  for (const [name, text] of documents) {
    writeFileSync(join(inside, name), text);
    sums.set(name, sumOf(join(inside, name)));
  }
  const list = Buffer.from(sumsText(sums));
  writeFileSync(join(inside, SUMS_FILE), list);
  writeFileSync(join(inside, SIGNATURE_FILE), plainSignature(key, list));
  writeFileSync(join(inside, SSH_SIGNATURE_FILE), sshSignature(key, list));
  const installer = installerText(releaseKeyOf(key), url);
  writeFileSync(join(folder, "install.sh"), installer, { mode: EXECUTABLE });
  writeFileSync(join(folder, LATEST_FILE), `${version}\n`);
}
