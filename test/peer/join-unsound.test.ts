// Joining by a host that holds an Order which nobody can use: a peer that looks at signatures alone
// takes such in.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { CommandError } from "../../src/cli/failure.ts";
import { genesisFromFile } from "../../src/cli/start/genesis-choice.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { State } from "../../src/state/state.ts";
import { joinByHosts } from "./join-scene.ts";
import { keyPair, newState, TestClock, transfer } from "./scene.ts";

const STAKE = 1e14;

/** Joins by a host that has nothing but these. */
function joinBy(clock: TestClock, genesis: State, belief: Belief) {
  return joinByHosts(clock, [{ keyPair: keyPair(0), genesis, belief, point: 32 }]);
}

test.each([
  ["a chunk too long", (sound: Vector) => sound.append(sound.get(0))],
  ["no vector", () => Blob.of(new Uint8Array(200))],
])("a vector of blocks with %s as a part keeps nobody from joining", async (_, damage) => {
  const clock = new TestClock();
  const genesis = newState([STAKE, STAKE, STAKE]);
  const blocks = Array.from({ length: 32 }, (_, i) =>
    SignedData.sign(keyPair(0), Block.of(clock.now() + i, Vector.of(transfer(2, i + 1)))),
  );
  const sound = Vector.from(blocks);
  const [first, last] = sound.slots as [Vector, Vector];
  const damaged = new Vector(32, [first, damage(last)], null, true);
  const signed = [sound, damaged].map((each, i) =>
    SignedData.sign(keyPair(i), Order.of(clock.now(), Vector.of(32, 32, 32, 32), each)),
  );
  const entries = signed.map((each) => [Blob.of(each.publicKey as Uint8Array), each] as const);
  const belief = Belief.of(Index.from(entries) as Index);
  const { joined } = await joinBy(clock, genesis, belief);
  expect(hashKey(joined.order.blocks)).toBe(hashKey(sound));
  expect(joined.belief.orderOf(keyPair(1).publicKey)).toBeNull();
});

const SOUND = newState([STAKE]);

test.each([
  ["globals of another kind", State.of(SOUND.accounts, SOUND.peers, Vector.EMPTY, SOUND.schedule)],
  ["no peers", State.of(SOUND.accounts, Vector.EMPTY as never, SOUND.globals, SOUND.schedule)],
])("a genesis State with %s is refused in words, from a host and a file", async (_, genesis) => {
  const joining = joinBy(new TestClock(), genesis, Belief.of(Index.EMPTY));
  expect(joining).rejects.toMatchObject({ code: "GENESIS" });
  await joining.catch(() => {});
  const folder = mkdtempSync(joinPath(tmpdir(), "convex-genesis-"));
  const path = joinPath(folder, "genesis.cad3");
  writeFileSync(path, encodeMultiCell(genesis));
  expect(() => genesisFromFile(path)).toThrow(CommandError);
  rmSync(folder, { recursive: true });
});
