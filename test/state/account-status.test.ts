import { expect, test } from "bun:test";
import fc from "fast-check";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { Ref, type Value } from "../../src/data/cell.ts";
import { encodedLength, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { integer } from "../../src/data/integer.ts";
import { CVMMap } from "../../src/data/map.ts";
import { memorySize, statedMemorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { AccountStatus } from "../../src/state/account-status.ts";

const foo = CVMSymbol.of("foo");

test("holdings are nil again when the last one goes", () => {
  const held = AccountStatus.EMPTY.withHolding(Address.of(5), 1).withHolding(Address.of(6), 2);
  expect([held.holding(Address.of(5)), held.holding(Address.of(7))]).toEqual([1, null]);
  const left = held.withHolding(Address.of(5), null).withHolding(Address.of(6), null);
  expect(left.field(4)).toBeNull();
  expect(AccountStatus.EMPTY.withHolding(Address.of(5), null)).toBe(AccountStatus.EMPTY);
});

test("environment and metadata stay what they were set to", () => {
  const account = AccountStatus.EMPTY.withEnvironment(CVMMap.EMPTY);
  expect(account.field(6)).toBe(CVMMap.EMPTY);
  expect(account.definition(foo)).toBeUndefined();
  expect(account.metadataOf(foo)).toBeUndefined();
  const defined = account.withEnvironment(CVMMap.from([[foo, 1]]));
  expect(defined.definition(foo)).toBe(1);
});

test("environment, metadata, holdings and controller are loaded when first asked for", () => {
  const long = CVMString.of("x".repeat(135));
  const map = CVMMap.from([[foo, long]]);
  const held = Index.EMPTY.assoc(Address.of(5), long) as Index;
  const loaded: Value[] = [];
  const [aMap, holdings, controller] = [map, held, Vector.of(Address.of(5), long)].map((cell) => {
    const source = {
      cell: () => {
        loaded.push(cell);
        return cell;
      },
      memorySize: () => -1,
    };
    return new Ref(hashKey(cell), source);
  }) as [Ref, Ref, Ref];
  const slots = [0, null, 0, 0, holdings, controller, aMap, aMap, null];
  const account = AccountStatus.fromFields(new Vector(9, slots, null, false)) as AccountStatus;
  expect(loaded).toEqual([]);
  for (let i = 0; i < 2; i++) {
    expect(account.environment).toBe(map);
    expect(account.metadata).toBe(map);
    expect(account.holdings).toBe(held);
    expect(print(account.controller)).toStartWith("[#5 ");
  }
  expect(loaded.length).toBe(4);
});

test("a memory size that is not known is not carried over", () => {
  const account = AccountStatus.of({
    key: Blob.of(new Uint8Array(32)),
    environment: CVMMap.from([[foo, CVMString.of("x".repeat(120))]]),
  });
  expect(encodedLength(account)).toBeGreaterThan(0);
  const richer = account.withBalance(10 ** 12);
  const fresh = AccountStatus.EMPTY.with(richer);
  expect(account.memoryCache).toBe(-1);
  expect(memorySize(richer)).toBe(memorySize(fresh));
});

test("length and memory size carried over a change of numbers are those measured", () => {
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integer);
  const environment = fc.constantFrom<Value>(
    null,
    CVMMap.from([[foo, Blob.of(new Uint8Array(64))]]),
    CVMMap.from([[foo, CVMString.of("x".repeat(300))]]),
  );
  fc.assert(
    fc.property(environment, fc.boolean(), fc.array(long), long, (env, hasKey, balances, seq) => {
      let account = AccountStatus.of({
        environment: env as CVMMap | null,
        key: hasKey ? Blob.of(new Uint8Array(32)) : null,
      });
      memorySize(account);
      for (const balance of balances) account = account.withBalance(balance);
      account = account.withBalanceAndSequence(account.balance, seq);
      const fresh = AccountStatus.EMPTY.with(account);
      expect(account.lengthCache).toBe(encodedLength(fresh));
      expect(account.memoryCache).toBe(statedMemorySize(fresh));
    }),
    { seed: 853 },
  );
});
