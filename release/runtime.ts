// Fetches the runtime of a target from the npm registry, checks it against the table and keeps it.

import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../src/cli/release/target.ts";
import { BUN_VERSION, RUNTIMES } from "./runtime-table.ts";

const ROOT = join(import.meta.dir, "..");
const CACHE = join(ROOT, "node_modules", ".cache", "convex-peer");
const MEMBER = "package/bin/bun";
const EXECUTABLE = 0o755;

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? stderr.trim()}`);
}

/** @throws Error when the bytes are not those of the table */
export function requireIntegrity(bytes: Uint8Array, integrity: string, name: string): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found === integrity) return;
  throw new Error(`${name} is not what release/runtime-table.ts says: ${found}, not ${integrity}`);
}

/** Path of the target's runtime. @throws Error when it can't be fetched or is another one */
export function runtimeOf(target: Target): string {
  const { name, integrity } = RUNTIMES[target];
  const kept = join(CACHE, `bun-${BUN_VERSION}-${target}`);
  if (existsSync(kept)) return kept;
  const folder = join(CACHE, `fetching-${randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  try {
    run("npm", ["pack", "--silent", "--pack-destination", folder, `${name}@${BUN_VERSION}`], ROOT);
    const file = `${name.replace("@", "").replace("/", "-")}-${BUN_VERSION}.tgz`;
    requireIntegrity(readFileSync(join(folder, file)), integrity, `${name}@${BUN_VERSION}`);
    run("tar", ["-xzf", file, MEMBER], folder);
    chmodSync(join(folder, MEMBER), EXECUTABLE);
    renameSync(join(folder, MEMBER), kept);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return kept;
}
