// Kills a peer at all steps of a collection, and looks at what is left: every answer, a State that
// is that of a replay, and roots that name only what is there. `bun run
// test/peer/history/collection-kill.ts [ROUNDS]`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { Peer } from "../../../src/peer/peer.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { expectComplete } from "../../store/closure.ts";
import { keyPair, newState } from "../scene.ts";

const STEPS = ["begin", "copy", "finish", "adopt", "adopted"];
const ROOTS = ["belief", "genesis", "peer", "state"];
/** Longest wait behind a step, in ms. */
const DELAY_MAX_MS = 12;
const CHILD = join(import.meta.dir, "collection-child.ts");

/**
 * Kills the child behind a step of its second collection or a later one; the last sequence it said.
 */
async function workAndDie(directory: string, step: string, delayMs: number): Promise<number> {
  const child = Bun.spawn([process.execPath, CHILD, directory], { stdout: "pipe" });
  let text = "";
  let isDoomed = false;
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (isDoomed || text.split(`${step}\n`).length <= 2) continue;
    isDoomed = true;
    setTimeout(() => child.kill("SIGKILL"), delayMs);
  }
  await child.exited;
  if (child.signalCode !== "SIGKILL")
    throw new Error(`the child ended by itself, ${child.exitCode}`);
  const whole = text.slice(0, text.lastIndexOf("\n")).split("\n");
  return Number(whole.findLast((line) => /^\d+$/.test(line)) ?? 0);
}

/** @throws Error when anything is lost. @returns what the steps were killed at how often */
export async function killRounds(rounds: number): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), "convex-gc-kill-"));
  const killed: Record<string, number> = {};
  let replayed = newState();
  let position = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const step = STEPS[round % STEPS.length] as string;
      const answered = await workAndDie(directory, step, Math.random() * DELAY_MAX_MS);
      killed[step] = (killed[step] ?? 0) + 1;
      const store = sqliteStore(directory, CVM_TABLE);
      for (const root of ROOTS) expectComplete(store, root);
      const peer = new Peer({ store, keyPair: keyPair(0), genesis: newState() });
      const sequence = Number(peer.state().account(2)?.sequence);
      if (sequence < answered) throw new Error(`${answered} was answered, ${sequence} is there`);
      for (; position < peer.position; position++) {
        const signed = peer.block(position) as SignedData;
        replayed = applyBlock(replayed, signed).state;
        if (peer.positionOf(hashKey(signed))?.block !== position) {
          throw new Error(`the position of block ${position} is lost`);
        }
      }
      if (hashKey(replayed) !== hashKey(peer.state()))
        throw new Error("another State than a replay");
      await peer.close();
      store.close();
    }
    return killed;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 50);
  const killed = await killRounds(rounds);
  process.stdout.write(`${rounds} kills, nothing lost: ${JSON.stringify(killed)}\n`);
}
