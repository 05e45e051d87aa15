// A store on disk with some history, for tests of what looks after it.

import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Peer } from "../../src/peer/peer.ts";
import { STORE_FILE } from "../../src/store/sqlite-file.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { errorOf, keyPair, newState, TestClock, transfer } from "./scene.ts";

const SECOND_MS = 1_000;

/** A peer on a store on disk whose time moves on a second with each block. */
export class DiskPeer {
  readonly directory: string;
  readonly clock: TestClock;
  readonly historyMs: number | null;
  store!: Store;
  peer!: Peer;

  constructor(directory: string, historyMs: number | null = null, clock = new TestClock()) {
    this.directory = directory;
    this.historyMs = historyMs;
    this.clock = clock;
    this.open();
  }

  get path(): string {
    return join(this.directory, STORE_FILE);
  }

  open(): void {
    const { clock, historyMs } = this;
    this.store = sqliteStore(this.directory, CVM_TABLE);
    const parts = { store: this.store, keyPair: keyPair(0), genesis: newState(), clock };
    this.peer = new Peer({ ...parts, historyMs });
  }

  /** Blocks of one transfer each. */
  async work(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.clock.advance(SECOND_MS);
      const sequence = Number(this.peer.state().account(2)?.sequence) + 1;
      const result = await this.peer.submit(transfer(2, sequence, 3));
      if (errorOf(result) !== null) throw new Error(String(result.result));
    }
  }

  async close(): Promise<void> {
    await this.peer.close();
    this.store.close();
  }
}
