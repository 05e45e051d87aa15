// A peer on disk that transfers coins while its store is collected again and again, until it is
// killed. Says the sequence of each transaction that was answered, and each step of a collection.

import { join } from "node:path";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { HistoryUpkeep } from "../../../src/peer/history/history-upkeep.ts";
import { Peer } from "../../../src/peer/peer.ts";
import { Collection } from "../../../src/store/collection.ts";
import { BUILD_FILE, STORE_FILE } from "../../../src/store/sqlite-file.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { keyPair, newState, transfer } from "../scene.ts";

const WINDOW_MS = 200;

const directory = process.argv[2] as string;
const store = sqliteStore(directory, CVM_TABLE);
const peer = new Peer({ store, keyPair: keyPair(0), genesis: newState(), historyMs: WINDOW_MS });
await peer.settled();

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function work(): Promise<void> {
  for (let next = Number(peer.state().account(2)?.sequence) + 1; ; next++) {
    const result = await peer.submit(transfer(2, next, 3));
    if (result.isError) throw new Error(String(result.result));
    say(String(next));
  }
}

async function collect(): Promise<void> {
  const upkeep = peer.upkeep as HistoryUpkeep;
  for (;;) {
    say("begin");
    await upkeep.begin();
    const collection = new Collection(join(directory, STORE_FILE), join(directory, BUILD_FILE));
    const pause = () => Bun.sleep(1);
    say("copy");
    await collection.rounds(pause);
    say("finish");
    await collection.finish(upkeep.noteRecent(), pause);
    say("adopt");
    await upkeep.adopt();
    say("adopted");
    await Bun.sleep(5);
  }
}

await Promise.all([work(), collect()]);
