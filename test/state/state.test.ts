import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import {
  type Cell,
  type CellSource,
  type Integer,
  MissingDataError,
  NO_CELLS,
} from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { initialGlobals, protocolVersion } from "../../src/state/globals.ts";
import { HostError } from "../../src/state/host-error.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { State } from "../../src/state/state.ts";
import { STATE_TABLE } from "../../src/state/state-table.ts";

const key = Blob.of(new Uint8Array(32).fill(7));
const peer = PeerStatus.create(Address.of(1), 5);
const accounts = Vector.from([1, 2, 3].map((balance) => AccountStatus.of({ balance })));
const state = State.of(accounts, Index.EMPTY, initialGlobals(), Index.EMPTY);

test("the globals of a genesis", () => {
  expect([state.timestamp, state.juicePrice, state.blockNumber]).toEqual([1735056000000, 10, -1]);
  expect([state.memoryPool, state.memoryValue]).toEqual([1_000_000, 1_000_000_000_000]);
  expect(state.globals.count).toBe(6);
});

test("globals are an open vector", () => {
  expect(state.protocolVersion).toBe(0);
  const later = state.globals.append(3).append(Vector.EMPTY);
  expect(protocolVersion(later)).toBe(3);
  expect(state.withGlobals(later).withMemoryPool(1, 2).globals.toArray()).toEqual([
    1735056000000,
    0,
    10,
    1,
    2,
    -1,
    3,
    Vector.EMPTY,
  ]);
  const timed = (time: Integer) => state.withGlobals(state.globals.assoc(0, time)).timestamp;
  expect(timed(2n ** 62n)).toBe(2n ** 62n);
  expect(() => timed(2n ** 63n)).toThrow(HostError);
  expect(() => state.withGlobals(Vector.EMPTY).timestamp).toThrow(HostError);
});

test("accounts by address", () => {
  expect(state.account(Address.of(1))?.balance).toBe(2);
  expect(state.account(2)?.balance).toBe(3);
  expect(state.account(3)).toBeNull();
  expect(state.account(Address.of(2n ** 62n))).toBeNull();
  const changed = state.withAccount(1, AccountStatus.of({ balance: 9 }));
  expect([changed.account(1)?.balance, state.account(1)?.balance]).toEqual([9, 2]);
  expect(state.withAccount(Address.of(3), AccountStatus.EMPTY).accounts.count).toBe(4);
});

test("States share accounts until one of them is changed, also one that is not written yet", () => {
  const many = state.withAccounts(Vector.from(Array(40).fill(AccountStatus.EMPTY)));
  expect(many.withPeer(key, peer).sharesAccounts(many)).toBe(true);
  for (const i of [3, 39, 40]) {
    const changed = many.withAccount(i, AccountStatus.of({ balance: 9 }));
    expect([i, changed.sharesAccounts(many)]).toEqual([i, false]);
    expect(changed.withPeer(key, peer).sharesAccounts(changed)).toBe(true);
  }
});

test("peers by key", () => {
  const added = state.withPeer(key, peer);
  expect(added.peer(key)).toBe(peer);
  expect(state.peer(key)).toBeNull();
  expect(added.withPeer(key, null).peers.count).toBe(0);
});

test("parts of the wrong type are found when they are used", () => {
  const odd = decode(encoding(Vector.of(1, 2, 3, 4)).with(0, 0xd5), STATE_TABLE) as State;
  expect(odd).toBeInstanceOf(State);
  for (const part of ["accounts", "peers", "globals", "schedule"] as const) {
    expect(() => odd[part]).toThrow(HostError);
  }
  expect(() => state.withAccounts(Vector.of(1)).account(0)).toThrow(HostError);
  expect(() => state.withPeers(Index.EMPTY.assoc(key, 5) as Index).peer(key)).toThrow(HostError);
  expect(state.withPeers(Index.EMPTY.assoc(key, null) as Index).peer(key)).toBeNull();
});

test("only the accounts that are touched are loaded", () => {
  const many = Vector.from(
    Array.from({ length: 4096 }, (_, i) => AccountStatus.of({ balance: i, sequence: i })),
  );
  const stored = new Map<string, Cell>();
  const store = (cell: Cell) => {
    stored.set(hashKey(cell), cell);
    for (let i = 0; i < cell.slotCount; i++) {
      const child = cell.slotAt(i);
      if (child instanceof Vector) store(child);
    }
  };
  store(state.withAccounts(many));
  let loads = 0;
  const source: CellSource = {
    cell: (hash) => {
      loads++;
      const cell = stored.get(hash);
      return cell === undefined ? null : (decode(encoding(cell), STATE_TABLE, source) as Cell);
    },
    memorySize: () => 0,
  };
  const root = state.withAccounts(many);
  const loaded = decode(encoding(root), STATE_TABLE, source) as State;
  expect(loaded.account(1234)?.balance).toBe(1234);
  const changed = loaded.withAccount(1234, AccountStatus.EMPTY);
  expect(loads).toBeLessThan(5);
  expect(hashKey(changed)).toBe(hashKey(root.withAccount(1234, AccountStatus.EMPTY)));
  const absent = decode(encoding(root), STATE_TABLE, NO_CELLS) as State;
  expect(() => absent.account(1)).toThrow(MissingDataError);
});
