// A peer on disk that transfers coins one after another until it is killed, saying the sequence of
// each transaction that was answered.

import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Peer } from "../../../src/peer/peer.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { keyPair, newState, transfer } from "../scene.ts";

const store = sqliteStore(process.argv[2] as string, CVM_TABLE);
const peer = new Peer({ store, keyPair: keyPair(0), genesis: newState() });
await peer.settled();
for (let next = Number(peer.state().account(2)?.sequence) + 1; ; next++) {
  const result = await peer.submit(transfer(2, next));
  if (result.isError) throw new Error(String(result.result));
  process.stdout.write(`${next}\n`);
}
