// A peer that is killed while it works: whatever it has answered is there when it is opened again,
// and the State is that of a replay.

import { expect, test } from "bun:test";
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
import { errorOf, keyPair, newState, stateHash, transfer } from "../scene.ts";

const CYCLES = 4;
/** Answers after which the peer is killed. */
const ANSWERS = 25;

/** Lets the child give some answers and kills it; the last sequence that it said was executed. */
async function workAndDie(directory: string): Promise<number> {
  const script = join(import.meta.dir, "peer-child.ts");
  const child = Bun.spawn([process.execPath, script, directory], { stdout: "pipe" });
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.split("\n").length > ANSWERS) child.kill("SIGKILL");
  }
  await child.exited;
  const whole = text.slice(0, text.lastIndexOf("\n")).split("\n");
  return Number(whole.at(-1));
}

test("no answer is lost when the process is killed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "convex-kill-"));
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const answered = await workAndDie(directory);
    expect(answered).toBeGreaterThanOrEqual(ANSWERS * (cycle + 1));
    const store = sqliteStore(directory, CVM_TABLE);
    expectComplete(store, "peer");
    const peer = new Peer({ store, keyPair: keyPair(0), genesis: newState() });
    const sequence = Number(peer.state().account(2)?.sequence);
    expect([answered, answered + 1]).toContain(sequence);
    expect(errorOf(await peer.submit(transfer(2, sequence + 1)))).toBeNull();
    let replayed = newState();
    for (let i = 0; i < peer.position; i++) {
      replayed = applyBlock(replayed, peer.block(i) as SignedData).state;
    }
    expect(hashKey(replayed)).toBe(stateHash(peer));
    await peer.close();
    store.close();
  }
  rmSync(directory, { recursive: true, force: true });
});
