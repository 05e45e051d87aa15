// Events of transactions that log or fail with cells that are not what they say: whoever follows
// the feed hears of them, and of what comes after.

import { expect, test } from "bun:test";
import { fromHex } from "../../src/crypto/hex.ts";
import { CORE_BY_NAME } from "../../src/cvm/core/index.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { InvokeOp } from "../../src/cvm/ops/invoke-op.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { ExecutedBlocks } from "../../src/peer/rounds/executed-blocks.ts";
import { blockEvents } from "../../src/rest/live/block-events.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { keyPair, newPeer, TestClock } from "../peer/scene.ts";

const USER = 2;

function call(name: string, ...args: readonly Value[]): Value {
  const fn = CORE_BY_NAME.get(name) as Value;
  return new InvokeOp(Vector.from([fn, ...args].map((value) => Constant.of(value))));
}

test.each([
  ["a vector without children", "80200000"],
  ["a vector with children that are too short", "80208001110180011102"],
  ["a map that counts what it has not", "8210000000"],
  ["a Set with children of the wrong type", "83100000038300800100"],
])("%s is left out of the events that hold it", async (_, hex) => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  const chosen = new Set([USER]);
  const topics = { blocks: false, status: false, transactions: chosen, log: chosen };
  const events: unknown[] = [];
  new ExecutedBlocks(peer).subscribe((block) => {
    for (const [, data = ""] of [...blockEvents(block, topics)]
      .join("")
      .matchAll(/^data: (.*)$/gm)) {
      events.push(JSON.parse(data));
    }
  });
  const damaged = decode(fromHex(hex) as Uint8Array, CVM_TABLE);
  const commands = [call("log", damaged), call("fail", damaged, 1), 7];
  for (const [i, command] of commands.entries()) {
    const invoke = Invoke.of(Address.of(USER), i + 1, command);
    const answer = peer.submit(SignedData.sign(keyPair(USER), invoke));
    await peer.settled();
    await answer;
    clock.advance(1_000);
  }
  expect(events).toMatchObject([
    { sequence: 1, errorCode: null },
    { values: null, isComplete: false },
    { sequence: 2, errorCode: "" },
    { sequence: 3, result: "7" },
  ]);
});
