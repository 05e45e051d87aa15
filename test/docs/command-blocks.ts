// Runs the commands of a documentation page: its `sh` blocks, in order, in one shell and a folder
// of their own. Blocks of another kind (`console`) are for people at a terminal.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { program } from "../cli/terminal-session.ts";
import { outcomeOf } from "../process-outcome.ts";

const EXECUTABLE = 0o755;
const ROOT = join(import.meta.dir, "..", "..");

/** The `sh` blocks of a page, in order. */
export function commandBlocks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
}

export interface PageRun {
  readonly exitCode: number | null;
  readonly output: string;
}

export interface PageOptions {
  /** Files that are there beforehand. */
  readonly files?: Record<string, string>;
  readonly env?: Record<string, string>;
  /** Folder to run in, which stays; a temporary one when absent. */
  readonly folder?: string;
}

/** That of the tests without settings of a peer: a page begins on a machine that has none. */
function inheritedEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("CONVEX_"));
  return Object.fromEntries(entries);
}

/** Runs all blocks of a page. Home and data folders are in its folder. */
export function runPage(page: string, options: PageOptions = {}): Promise<PageRun> {
  return runScript(commandBlocks(page), options);
}

/** Runs blocks as those of a page, up to the first command that fails. */
export async function runScript(
  blocks: readonly string[],
  options: PageOptions = {},
): Promise<PageRun> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "convex-docs-"));
  try {
    for (const [name, text] of Object.entries(options.files ?? {})) {
      writeFileSync(join(folder, name), text);
    }
    const command = program()
      .map((part) => `'${part}'`)
      .join(" ");
    // A file, not a function: what it is started as in the background is then the program itself.
    const tools = join(folder, ".tools");
    mkdirSync(tools, { recursive: true });
    const mode = EXECUTABLE;
    writeFileSync(join(tools, "convex-peer"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode });
    const script = ["set -eu", ...blocks];
    // The default data directory of root is the machine's own: the page gets one in its folder.
    const env = { CONVEX_DATA_DIR: join(folder, "data"), CONVEX_CONFIG: "", ...options.env };
    const child = Bun.spawn(bound(["bash", "-c", script.join("\n")]), {
      cwd: folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: {
        ...inheritedEnvironment(),
        HOME: folder,
        NO_COLOR: "1",
        PATH: `${tools}:${process.env.PATH}`,
        ...env,
      },
    });
    const { exitCode, stdout, stderr } = await outcomeOf(child);
    return { exitCode, output: stdout + stderr };
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true });
  }
}
