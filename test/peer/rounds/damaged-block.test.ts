// Blocks whose list of transactions is not what it says: any peer can sign one, and the network
// executes it, to nothing.

import { describe, expect, test } from "bun:test";
import { fromHex } from "../../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { ExecutedBlocks } from "../../../src/peer/rounds/executed-blocks.ts";
import { LocalExecutor } from "../../../src/peer/rounds/executor.ts";
import { CHECK_ASIDE, CHECK_IN_PLACE } from "../../../src/peer/signatures/signature-checks.ts";
import { blockEvents } from "../../../src/rest/live/block-events.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, keyPair, transfer } from "../scene.ts";

const LIAR = 1;
const PEERS = 4;

/** What the liar sends to peer 0: its Order with a block more. */
function send(cluster: Cluster, transactions: Vector): void {
  const { network, peer } = cluster.networked(0);
  const now = cluster.clock.now();
  const block = SignedData.sign(keyPair(LIAR), Block.of(now, transactions));
  const blocks = (peer.order as Order).blocks.append(block);
  const points = Vector.of(blocks.count, 0, 0, 0);
  const signed = SignedData.sign(keyPair(LIAR), Order.of(now, points, blocks));
  const key = Blob.of(keyPair(LIAR).publicKey);
  const belief = Belief.of(Index.from([[key, signed]]) as Index);
  const bytes = encodeMultiCell(belief);
  const payload = decodeMultiCell(bytes, CVM_TABLE, peer.cells) as Cell;
  const [neighbour] = [...network.neighbours].filter((each) => each.key !== null);
  if (neighbour === undefined) throw new Error("peer 0 knows nobody");
  network.onBelief(neighbour.connection, payload, bytes.length);
}

describe("a list of transactions", () => {
  const checks = [
    ["in place", CHECK_IN_PLACE],
    ["aside", CHECK_ASIDE],
  ] as const;
  const lists = [
    ["nil prefix", "8011110100"],
    ["prefix too short", "80111101800211011102"],
    ["nil children", "80200000"],
    ["children of the wrong type", "802011018100"],
    ["children too short", "80208001110180011102"],
  ] as const;
  const rows = checks.flatMap(([where, check]) =>
    lists.map(([what, hex]) => [what, where, hex, check] as const),
  );
  test.each(rows)("with %s, signatures checked %s, harms nobody", async (_, __, hex, check) => {
    const cluster = new Cluster({ count: PEERS, stakes: [1e14, 1e13, 1e14, 1e14] });
    for (let i = 0; i < PEERS; i++) {
      cluster.start(i, { executor: new LocalExecutor(PROFILE_0_8_5, cluster.clock, check) });
    }
    await cluster.run(1_000);
    const { peer } = cluster.networked(0);
    const topics = { blocks: true, status: false, transactions: new Set([1]), log: new Set([1]) };
    const told: string[] = [];
    const executed = new ExecutedBlocks(peer);
    executed.subscribe((block) => told.push([...blockEvents(block, topics)].join("")));
    send(cluster, decode(fromHex(hex) as Uint8Array, CVM_TABLE) as Vector);
    await cluster.run(2_000);
    const answer = peer.submit(transfer(2, 1));
    await cluster.run(2_000);
    expect(errorOf(await answer)).toBeNull();
    expect(cluster.agrees(2)).toBe(true);
    expect(told).toHaveLength(2);
    expect(cluster.faults).toEqual([]);
  });
});
