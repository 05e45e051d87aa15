// Runs the commands of a documentation page: its `sh` blocks, in order, in one shell and a folder of their
// own. Blocks of another kind (`console`) are for people at a terminal.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../cli/terminal-session.ts";

const ROOT = join(import.meta.dir, "..", "..");

/** The `sh` blocks of a page, in order. */
export function commandBlocks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
}

export interface PageRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs all blocks of a page; `files` are there beforehand. Home and data folders are temporary. */
export async function runPage(page: string, files: Record<string, string> = {}): Promise<PageRun> {
  const folder = mkdtempSync(join(tmpdir(), "convex-docs-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const command = program()
      .map((part) => `'${part}'`)
      .join(" ");
    // The default data directory of root is the machine's own: the page gets one in its folder.
    const script = [
      "set -eu",
      "convex-peer() {",
      '  case "$* " in',
      `    *"--data-dir "* | "key verify "*) ${command} "$@" ;;`,
      `    *) ${command} "$@" --data-dir data ;;`,
      "  esac",
      "}",
      ...commandBlocks(page),
    ].join("\n");
    const child = Bun.spawn(["bash", "-c", script], {
      cwd: folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, HOME: folder, NO_COLOR: "1" },
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { exitCode: await child.exited, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
