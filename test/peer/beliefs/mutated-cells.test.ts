// Beliefs of a registered peer that has changed cells anywhere below them, and signed anew what it
// can: brought with the message, or when they are asked for, they end nothing and halt nobody.

import { expect, test } from "bun:test";
import { keyOf, sha3Key } from "../../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { Cell } from "../../../src/data/cell.ts";
import {
  branchEncodings,
  decodeMultiCell,
  encodeMultiCell,
  joinCells,
  topCellLength,
} from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { TAG } from "../../../src/data/tag.ts";
import { Vector } from "../../../src/data/vector.ts";
import { isUnreadable } from "../../../src/net/connection.ts";
import type { BeliefSender } from "../../../src/peer/beliefs/belief-intake.ts";
import { MISSING_WAIT_MS } from "../../../src/peer/network-bounds.ts";
import { Block } from "../../../src/state/block.ts";
import { SeededRandom } from "../cluster.ts";
import { keyPair, transfer } from "../scene.ts";
import { beliefOf, CatchingClock, intakeScene, orderBy, PEERS } from "./intake-scene.ts";

const RUNS = 100;
const BLOCKS = 20;
/** First bytes of cells that Beliefs are made of, and of others. */
const TAGS = [0x80, 0x84, 0x90, 0xd4, 0xd7, 0xd6, 0x82, 0x83, 0x31, 0x88, 0x8f];
/** Where a signed cell that is not embedded has its signature, and what that is of. */
const SIGNATURE_AT = 33;
const SIGNED_AT = 97;
const SIGNED_LENGTH = SIGNED_AT + 33;

const random = new SeededRandom(7);
const draw = (count: number) => Math.floor(random.number() * count);

function mutated(encoded: Uint8Array): Uint8Array {
  const bytes = [...encoded];
  const at = draw(bytes.length);
  const changes = [
    () => bytes.splice(at, 1, draw(256)),
    () => bytes.splice(at, 1 + draw(3)),
    () => bytes.splice(at, 0, draw(256)),
    () => bytes.splice(0, 1, TAGS[draw(TAGS.length)] as number),
    () => bytes.splice(1, 1, draw(256)),
    () => bytes.push(draw(256)),
  ];
  changes[draw(changes.length)]?.();
  return Uint8Array.from(bytes);
}

/** The cells of a message by hash key, and which of them is on top. */
class Cells {
  readonly cells = new Map<string, Uint8Array>();
  top: string;

  constructor(message: Uint8Array) {
    const length = topCellLength(message, CVM_TABLE);
    const top = message.slice(0, length);
    this.top = sha3Key(top);
    for (const each of [top, ...branchEncodings(message, length)]) {
      this.cells.set(sha3Key(each), each.slice());
    }
  }

  /** Changes one cell, and all above it that name it. */
  mutate(): void {
    const keys = [...this.cells.keys()].filter((key) => key !== this.top);
    const key = keys[draw(keys.length)] as string;
    this.#replace(key, mutated(this.cells.get(key) as Uint8Array));
  }

  #replace(before: string, bytes: Uint8Array): void {
    const after = sha3Key(bytes);
    if (after === before || !this.cells.delete(before)) return;
    this.cells.set(after, bytes);
    if (before === this.top) this.top = after;
    const name = Buffer.from(before, "latin1");
    for (const [key, parent] of [...this.cells]) {
      const changed = Buffer.from(parent);
      let at = changed.indexOf(name);
      if (at < 0) continue;
      for (; at >= 0; at = changed.indexOf(name)) changed.write(after, at, "latin1");
      this.#replace(key, signedAnew(changed));
    }
  }

  /** A message with those of the cells that are to be in it. */
  message(isIn: (key: string) => boolean): Uint8Array {
    const below = [...this.cells].filter(([key]) => key !== this.top && isIn(key));
    const top = this.cells.get(this.top) as Uint8Array;
    return joinCells(
      top,
      below.map(([, bytes]) => bytes),
    );
  }
}

function signedAnew(bytes: Buffer): Uint8Array {
  if (bytes[0] === TAG.SIGNED && bytes.length === SIGNED_LENGTH) {
    const signer = keyOf(bytes.subarray(1, SIGNATURE_AT));
    for (let i = 0; i < PEERS; i++) {
      if (keyOf(keyPair(i).publicKey) !== signer) continue;
      bytes.set(keyPair(i).sign(bytes.subarray(SIGNED_AT)), SIGNATURE_AT);
    }
  }
  return Uint8Array.from(bytes);
}

/** The Belief of three peers that have the same blocks, and may have called them consensus. */
function messageAt(now: number): Uint8Array {
  const blocks = Array.from({ length: BLOCKS }, (_, i) => {
    const transactions = Vector.of(transfer(2 + i, 1), transfer(3 + i, 1));
    return SignedData.sign(keyPair(1 + (i % 3)), Block.of(now - BLOCKS + i, transactions));
  });
  const points = () => [BLOCKS, BLOCKS, draw(2) * BLOCKS, 0];
  const orders = [1, 2, 3].map((i) => orderBy(i, now - i, Vector.from(blocks), points()));
  return encodeMultiCell(beliefOf(...orders));
}

test("cells that are changed below a Belief end nothing, and halt nobody", async () => {
  let read = 0;
  for (let run = 0; run < RUNS; run++) {
    const clock = new CatchingClock();
    const { peer, intake, received } = intakeScene(clock);
    await peer.settled();
    const all = new Cells(messageAt(clock.now()));
    all.mutate();
    const sender: BeliefSender = {
      isOpen: true,
      isTrusted: true,
      cells: async (keys) => new Map([...all.cells].filter(([key]) => keys.includes(key))),
    };
    // Whole, the Belief alone, or half of its cells; what it lacks is asked for.
    const some = [() => true, () => false, (key: string) => key.charCodeAt(0) % 2 === 0][run % 3];
    for (let again = 0; again < 3; again++) {
      try {
        const message = all.message(some as (key: string) => boolean);
        intake.take(sender, decodeMultiCell(message, CVM_TABLE, received) as Cell);
        read++;
      } catch (error) {
        // The connection it comes on tells its sender (net/connection.ts).
        if (!isUnreadable(error)) throw error;
      }
      for (let turn = 0; turn < 6; turn++) {
        clock.advance(MISSING_WAIT_MS);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await peer.settled();
    }
    expect([run, clock.errors, peer.failure]).toEqual([run, [], null]);
    intake.close();
    await peer.close();
  }
  expect(read).toBeGreaterThan(RUNS);
});
