// The bundle and the self-contained executables that are made from it.

import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Target } from "../src/cli/release/target.ts";
import { runtimeOf } from "./runtime.ts";
import { RUNTIMES } from "./runtime-table.ts";

const ROOT = join(import.meta.dir, "..");

/** What a build has built in. */
export interface Origin {
  /** Base64 of the Ed25519 key that signs releases. */
  readonly releaseKey?: string | undefined;
  /** Address under which releases lie. */
  readonly releaseUrl?: string | undefined;
}

function bundleOptions({ releaseKey, releaseUrl }: Origin) {
  return {
    root: ROOT,
    minify: true,
    format: "esm",
    sourcemap: "none",
    target: "bun",
    define: {
      ...(releaseKey === undefined ? {} : { CONVEX_RELEASE_KEY: JSON.stringify(releaseKey) }),
      ...(releaseUrl === undefined ? {} : { CONVEX_RELEASE_URL: JSON.stringify(releaseUrl) }),
    },
  } as const;
}

/** Main program, and what it starts beside itself. */
function entrypoints(): string[] {
  return ["src/cli/main.ts", "src/crypto/verify-thread.ts"].map((file) => join(ROOT, file));
}

async function built(config: Bun.BuildConfig): Promise<Bun.BuildOutput> {
  const result = await Bun.build({ ...config, throw: false });
  if (result.success) return result;
  throw new Error(`the build failed:\n${result.logs.join("\n")}`);
}

/** SHA-256 in hex over names and contents of all that is bundled: the same on every machine. */
export async function bundleHash(origin: Origin): Promise<string> {
  const result = await built({ ...bundleOptions(origin), entrypoints: entrypoints() });
  const hash = createHash("sha256");
  const files = [...result.outputs].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    hash.update(`${file.path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Writes an executable, for this machine when no target is given. @throws Error */
export async function writeExecutable(
  outfile: string,
  target: Target | null,
  origin: Origin = {},
): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  rmSync(outfile, { force: true });
  const runtime =
    target === null
      ? {}
      : { target: RUNTIMES[target].bunTarget, executablePath: runtimeOf(target) };
  await built({
    ...bundleOptions(origin),
    entrypoints: entrypoints(),
    bytecode: true,
    compile: { outfile, ...runtime, autoloadDotenv: false, autoloadBunfig: false },
  });
}
