// Acquisition by hash: complete, from several providers, resumed, and from such as lie or fail.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { Blob } from "../../../src/data/blob.ts";
import { MissingDataError } from "../../../src/data/cell.ts";
import { encodedLength, encoding, hashKey } from "../../../src/data/encode.ts";
import type { Index } from "../../../src/data/index-map.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { statedMemorySize } from "../../../src/data/memory-size.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { ACQUISITION_WAITING_MAX, ACQUISITION_WINDOW } from "../../../src/peer/bounds.ts";
import { Acquisition } from "../../../src/peer/cells/acquisition.ts";
import { AcquisitionError } from "../../../src/peer/cells/acquisition-error.ts";
import type { CellProvider } from "../../../src/peer/cells/cell-provider.ts";
import type { PeerStatus } from "../../../src/state/peer-status.ts";
import type { State } from "../../../src/state/state.ts";
import { MemoryImage, memoryStore } from "../../../src/store/memory-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { newState, TestClock } from "../scene.ts";

const TEXTS = Vector.from(Array.from({ length: 180 }, (_, i) => CVMString.of(`${i} `.repeat(60))));
/** A State with peers whose metadata takes some two hundred cells. */
const STATE = stateWithMetadata();

function stateWithMetadata(): State {
  const state = newState([1e14]);
  const metadata = CVMMap.from([[Keyword.of("texts"), TEXTS]]);
  const key = state.peers.keys()[0] as Blob;
  const peer = (state.peer(key) as PeerStatus).withMetadata(metadata);
  return state.withPeers(state.peers.assoc(key, peer) as Index);
}

/** A store that holds the State. */
function fullStore(): Store {
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["state", STATE]] });
  return store;
}

class TestProvider implements CellProvider {
  isOpen = true;
  requests = 0;
  inFlight = 0;
  inFlightMax = 0;
  cellsSent = 0;
  readonly #store: Store;
  readonly #lacks: (key: string) => boolean;
  constructor(store: Store, lacks: (key: string) => boolean = () => false) {
    this.#store = store;
    this.#lacks = lacks;
  }
  async cells(keys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.requests++;
    this.inFlight++;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.inFlight--;
    const found = new Map<string, Uint8Array>();
    for (const key of keys) {
      const cell = this.#lacks(key) ? null : this.#store.cell(key);
      if (cell === null) continue;
      found.set(key, encoding(cell).slice());
      this.cellsSent++;
    }
    return found;
  }
}

function acquisition(store: Store, providers: readonly CellProvider[], clock = new TestClock()) {
  return new Acquisition({ store, table: CVM_TABLE, clock, providers: () => providers });
}

describe("acquisition", () => {
  test("brings a whole State, and stores it with its memory sizes", async () => {
    const store = memoryStore(CVM_TABLE);
    const provider = new TestProvider(fullStore());
    const task = acquisition(store, [provider]);
    const value = (await task.acquire(hashKey(STATE))) as State;
    expect(hashKey(value)).toBe(hashKey(STATE));
    store.requireComplete(value);
    expect(store.memorySize(hashKey(TEXTS))).toBe(statedMemorySize(TEXTS));
    expect(task.progress.cells).toBe(provider.cellsSent);
    expect(task.progress.wanted).toBe(0);
    expect(task.progress.bytes).toBeGreaterThan(encodedLength(STATE));
  });

  test("asks several providers at once, each within its window", async () => {
    const providers = [1, 2, 3].map(() => new TestProvider(fullStore()));
    await acquisition(memoryStore(CVM_TABLE), providers).acquire(hashKey(STATE));
    for (const provider of providers) {
      expect(provider.requests).toBeGreaterThan(0);
      expect(provider.inFlightMax).toBeLessThanOrEqual(ACQUISITION_WINDOW);
    }
    const single = new TestProvider(fullStore());
    await acquisition(memoryStore(CVM_TABLE), [single]).acquire(hashKey(STATE));
    const sent = providers.reduce((sum, provider) => sum + provider.cellsSent, 0);
    expect(sent).toBe(single.cellsSent);
  });

  test("goes on where it was interrupted", async () => {
    const image = new MemoryImage();
    const first = new TestProvider(fullStore());
    const clock = new TestClock();
    const task = new Acquisition({
      store: memoryStore(CVM_TABLE, image),
      table: CVM_TABLE,
      clock,
      providers: () => [first],
      onProgress: ({ cells }) => {
        if (cells > 40) task.cancel("the test says so");
      },
    });
    await expect(task.acquire(hashKey(STATE))).rejects.toThrow("the test says so");
    const second = new TestProvider(fullStore());
    const store = memoryStore(CVM_TABLE, image);
    await acquisition(store, [second]).acquire(hashKey(STATE));
    const whole = new TestProvider(fullStore());
    await acquisition(memoryStore(CVM_TABLE), [whole]).acquire(hashKey(STATE));
    expect(second.cellsSent).toBeLessThan(whole.cellsSent);
    store.requireComplete(store.cell(hashKey(STATE)));
  });

  test("is complete when each of two lacks what the other has", async () => {
    const parity = (key: string) => key.charCodeAt(0) % 2;
    const even = new TestProvider(fullStore(), (key) => parity(key) === 1);
    const odd = new TestProvider(fullStore(), (key) => parity(key) === 0);
    await acquisition(memoryStore(CVM_TABLE), [even, odd]).acquire(hashKey(STATE));
    const refused = acquisition(memoryStore(CVM_TABLE), [odd]).acquire(hashKey(STATE));
    expect(refused).rejects.toThrow(MissingDataError);
    await refused.catch(() => {});
  });

  test("turns from providers that do not answer, and gives up when nobody does", async () => {
    const clock = new TestClock();
    const dead: CellProvider = { isOpen: true, cells: () => Promise.reject(new Error("no reply")) };
    const store = memoryStore(CVM_TABLE);
    await acquisition(store, [dead, new TestProvider(fullStore())]).acquire(hashKey(STATE));
    let failure: unknown = null;
    const hopeless = acquisition(memoryStore(CVM_TABLE), [dead], clock).acquire(hashKey(STATE));
    hopeless.catch((error) => {
      failure = error;
    });
    for (let i = 0; i < 140 && failure === null; i++) {
      clock.advance(500);
      await Bun.sleep(0);
    }
    expect(failure).toBeInstanceOf(AcquisitionError);
  });

  test("asks another one for what one does not answer, and takes late answers as well", async () => {
    const clock = new TestClock();
    const source = fullStore();
    let answerLate: (() => void)[] = [];
    const slow = new TestProvider(source);
    const hanging: CellProvider = {
      isOpen: true,
      cells: (keys) =>
        new Promise((resolve) => answerLate.push(() => void slow.cells(keys).then(resolve))),
    };
    const honest = new TestProvider(source);
    const store = memoryStore(CVM_TABLE);
    const task = acquisition(store, [hanging, honest], clock);
    let isDone = false;
    const done = task.acquire(hashKey(STATE)).then(() => {
      isDone = true;
    });
    let ms = 0;
    for (; !isDone && ms < 30_000; ms += 100) {
      clock.advance(100);
      for (let turn = 0; turn < 4; turn++) await new Promise<void>((go) => setImmediate(go));
      // The answers that came too late once do not come to harm.
      if (ms === 5_000) for (const answer of answerLate.splice(0)) answer();
    }
    await done;
    answerLate = [];
    // The only provider at the root is the hanging one; afterwards it is asked seldom.
    expect(ms).toBeLessThan(20_000);
    expect(hashKey(store.cell(hashKey(STATE)) as State)).toBe(hashKey(STATE));
    expect(honest.cellsSent).toBeGreaterThan(100);
  });

  test("takes no more than it may", async () => {
    const options = { store: memoryStore(CVM_TABLE), table: CVM_TABLE, clock: new TestClock() };
    const provider = new TestProvider(fullStore());
    const task = new Acquisition({ ...options, providers: () => [provider], bytesMax: 5_000 });
    const refused = task.acquire(hashKey(STATE));
    expect(refused).rejects.toThrow("more than 5000 bytes");
    await refused.catch(() => {});
  });

  test("ends when a value without end waits for more and more cells", async () => {
    let made = 0;
    let sent = 0;
    // Vectors that name sixteen others each; whose hash is which is not for an acquisition to say.
    const endless: CellProvider = {
      isOpen: true,
      cells: async (keys) => new Map(keys.map((key) => [key, vectorOfNews()])),
    };
    const vectorOfNews = () => {
      const bytes = new Uint8Array(2 + 16 * 33);
      bytes.set([0x80, 16]);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < 16; i++) {
        bytes[2 + 33 * i] = 0x20;
        view.setUint32(3 + 33 * i, ++made);
      }
      if (++sent > ACQUISITION_WAITING_MAX) throw new Error("it goes on and on");
      return bytes;
    };
    const endlessly = acquisition(memoryStore(CVM_TABLE), [endless]).acquire(hashKey(STATE));
    await expect(endlessly).rejects.toThrow("too many cells at a time");
    expect(made).toBeLessThan(1.1 * ACQUISITION_WAITING_MAX);
  });
});
