// Runs a command line in this process, without a terminal, and takes down what it prints.

import { spyOn } from "bun:test";
import * as os from "node:os";
import type { StricliProcess } from "@stricli/core";
import { carryOutTyped, exitCodeOf } from "../../src/cli/run-application.ts";
import type { Outcome } from "../process-outcome.ts";

// What is configured on this machine is not under test.
process.env.CONVEX_CONFIG ??= "";

type Write = typeof process.stdout.write;

/** What commands have asked to be this process's priority. */
export const prioritiesAsked: number[] = [];

/** One at a time: output and exit code are the process's own. */
export async function command(...args: string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  const wasTerminal = process.stdin.isTTY;
  const taker = (name: "stdout" | "stderr") =>
    ((text: string | Uint8Array) => {
      written[name] += typeof text === "string" ? text : new TextDecoder().decode(text);
      return true;
    }) as Write;
  process.stdin.isTTY = false;
  process.stdout.write = taker("stdout");
  process.stderr.write = taker("stderr");
  const parser = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
    env: process.env,
    exitCode: undefined as number | undefined,
  };
  process.exitCode = 0;
  // It is this process's for good, and its children's: on a busy machine no later test would end.
  const priority = spyOn(os, "setPriority").mockImplementation((asked: number) => {
    prioritiesAsked.push(asked);
  });
  try {
    await carryOutTyped(args, parser as unknown as StricliProcess);
    const parsed = parser.exitCode ?? 0;
    const exitCode = Number(process.exitCode ?? 0) || exitCodeOf(parsed);
    return { exitCode, ...written };
  } finally {
    priority.mockRestore();
    process.stdin.isTTY = wasTerminal;
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
    process.exitCode = 0;
  }
}

/** The JSON that a command which succeeds prints. */
// biome-ignore lint/suspicious/noExplicitAny: results of every shape are compared by the tests
export async function json(...args: string[]): Promise<any> {
  const { exitCode, stdout, stderr } = await command(...args, "--json");
  if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${exitCode} ${stderr}`);
  return JSON.parse(stdout);
}
