// Asks the reference: one process answers a file of cases.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { decodeMultiCell } from "../../../src/data/multi-cell.ts";
import type { State } from "../../../src/state/state.ts";
import { runJava } from "../reference.ts";
import { type Case, textHex } from "./case.ts";
import { blockMessages, PEERS } from "./network.ts";
import type { Answer } from "./ours.ts";

const LIMIT_MS = 3_600_000;
/** Compiled code keeps the messages of exceptions, which `str` of what a hand made gives (T45). */
const FLAGS = ["-XX:-OmitStackTraceInFastThrow"];

export interface Answered {
  readonly genesis: State;
  readonly answers: readonly (readonly Answer[])[];
}

/** The genesis State of the reference and its answers; blocks need the genesis to be signed on. */
export async function askReference(
  cases: readonly Case[],
  genesis: State | null,
): Promise<Answered> {
  const dir = mkdtempSync(join(tmpdir(), "convex-programs-"));
  try {
    const [state, asked, answered] = ["genesis", "cases", "answers"].map((n) => join(dir, n)) as [
      string,
      string,
      string,
    ];
    writeFileSync(asked, cases.map((each) => `${lineOf(each, genesis)}\n`).join(""));
    await runJava(
      "programs/ReferencePrograms.java",
      [state, asked, answered, `${PEERS}`],
      LIMIT_MS,
      FLAGS,
    );
    if (!existsSync(answered))
      throw new Error("the reference gave no answers: does its class path hold it?");
    const lines = readFileSync(answered, "utf8").split("\n").slice(0, -1);
    return {
      genesis: decodeMultiCell(readFileSync(state), CVM_TABLE, null) as State,
      answers: lines.map((line) => line.split("\t").map((row) => JSON.parse(row) as Answer)),
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function lineOf(each: Case, genesis: State | null): string {
  switch (each.kind) {
    case "juice":
      return `juice ${each.limits.join(",")} ${textHex(each.source)}`;
    case "blocks": {
      if (genesis === null) throw new Error("blocks are signed on a genesis");
      return `blocks ${blockMessages(each.blocks, genesis).map(toHex).join(",")}`;
    }
    case "signed":
      return `kept ${each.messages.map(toHex).join(",")}`;
    case "reread":
      return `reread ${each.messages.map(toHex).join(",")}`;
    case "expression":
    case "text":
      return `${each.kind} ${textHex(each.source)}`;
    default:
      return `${each.kind} ${toHex(each.message)}`;
  }
}
