// Who is told of executed blocks hears of each once, in order, from when it asked.

import { beforeEach, expect, test } from "bun:test";
import { MissingDataError } from "../../../src/data/cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import type { PeerApi } from "../../../src/peer/peer-api.ts";
import { ExecutedBlocks } from "../../../src/peer/rounds/executed-blocks.ts";
import { BlockResult } from "../../../src/state/block-result.ts";
import { StoreError } from "../../../src/store/store.ts";
import { keyPair, newState } from "../scene.ts";

const result = BlockResult.of(newState(), null);
const signed = SignedData.sign(keyPair(0), 1);

let position: number;
let pass: () => void;
let heard: number[];
/** What reading the block at a position gives. */
let blockAt: (position: number) => SignedData | null;
let resultAt: (position: number) => BlockResult | null;

beforeEach(() => {
  position = 3;
  heard = [];
  blockAt = () => signed;
  resultAt = () => result;
  const peer: Partial<PeerApi> = {
    get position() {
      return position;
    },
    whenPassed(listener) {
      pass = listener;
      return () => {};
    },
    block: (at) => blockAt(at),
    blockResult: (at) => resultAt(at),
  };
  new ExecutedBlocks(peer as PeerApi).subscribe((block) => heard.push(block.position));
});

/** Blocks are executed up to this one. */
function reach(next: number): void {
  position = next;
  pass();
}

test("each block that is executed from now on is told once", () => {
  pass();
  reach(5);
  pass();
  reach(6);
  expect(heard).toEqual([3, 4, 5]);
});

test("after a fork the positions that come once more are told once more", () => {
  reach(6);
  reach(4);
  expect(heard).toEqual([3, 4, 5]);
  reach(6);
  expect(heard).toEqual([3, 4, 5, 4, 5]);
});

test("a block that can't be read is passed over", () => {
  blockAt = (at) => {
    if (at === 3) throw new MissingDataError("x".repeat(32));
    if (at === 4) throw new StoreError("IO", "unreadable");
    return at === 5 ? null : signed;
  };
  resultAt = (at) => (at === 6 ? null : result);
  reach(8);
  expect(heard).toEqual([7]);
});

test("a mistake of ours is not passed over", () => {
  blockAt = () => {
    throw new TypeError("ours");
  };
  expect(() => reach(4)).toThrow("ours");
});
