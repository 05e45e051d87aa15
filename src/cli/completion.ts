// Completion in shells: a short script for each shell asks this program what may come next.

import { proposeCompletions, type StricliProcess } from "@stricli/core";
import { application } from "./application.ts";

/** What the scripts call: `convex-peer __complete WORD…`, the last one being typed. */
export const COMPLETE_COMMAND = "__complete";

/** Ends the flags: may stand anywhere, and is wanted only by who types it. */
const ESCAPE = "--";

/** What may stand in the place of the last word, a line each, with a tab before what it is. */
export async function completionLines(words: readonly string[]): Promise<string> {
  const proposals = await proposeCompletions(application, words.length === 0 ? [""] : words, {
    process: process as unknown as StricliProcess,
  });
  const isFlag = words.at(-1)?.startsWith("-") ?? false;
  return proposals
    .filter(({ completion }) => completion !== ESCAPE || isFlag)
    .map(({ completion, brief }) => `${completion}\t${brief}\n`)
    .join("");
}
