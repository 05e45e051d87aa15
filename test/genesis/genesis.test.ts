// Genesis States: the parts that do not depend on the text of libraries have the hashes of sheet 03
// §5.4, whatever the libraries.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { FunctionValue } from "../../src/cvm/call/function-value.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import type { CVMSymbol } from "../../src/data/symbol.ts";
import { createGenesis, deployGenesis } from "../../src/genesis/genesis.ts";
import { GenesisError } from "../../src/genesis/genesis-error.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import { runStep } from "./scenario.ts";
import { testGenesis, testKeys } from "./test-genesis.ts";

const PROTONET = {
  governanceKey: "12ef73ee900ed1fe78a188f59bf8cede467baa66f5b60368afaaa3b9521ab94d",
  genesisKey: "c1d3b0104d55ddf7680181a46e93422e49e2ea9298e37794860f1ef1128427f7",
  peerKey: "d6ef2d429b73ef1c78d9e46d87feb9d9535a991b8102099f54ed243f1e557d42",
};

/** Four peers whose keys have the seeds 01…, 02…, 03…, 04…, the first also being governance. */
const TEST_GENESIS_HASH = "bd8e886b6bdc18e88a9fd9dc47435ac56ab5905f4e2545706d2aa719e697c69f";
const PROTONET_HASH = "090296c4c0a9d9197ba1d90a62e26d74e1e3f8bac8eb63cf9a31c50f7a672641";

const ACCOUNT_HASHES: readonly (readonly [account: number, hash: string])[] = [
  [0, "69fbac8e061f6159a4a805cc577da4777b9e1fec891360062f7cd968a32660d7"],
  [1, "69fbac8e061f6159a4a805cc577da4777b9e1fec891360062f7cd968a32660d7"],
  [2, "4378ac3ef06dcee2466a14a1e42a6973ba7738e3fdc25f50acd529eed6fbb8be"],
  [3, "8a6d1d9729dd6d77587b431e246452325a3843d9b4e7b002c7408b49e2638956"],
  [4, "b3388990ef1188efb5d815b5fa7fe1ee06eaa9daed8923b4203c323f59f70580"],
  [5, "be168b378c758f6e5d53242a949b64bc7a27ebc4c2a837c657dca09d2b1728e9"],
  [6, "6a08f0aa7641a9e25501376def5b1353dddef2147e99e6dc2bfffcf6f542f7f6"],
  [7, "0467f029584299c17ec2af6c8e080b2b7d955764420497eb5a224707c45eb369"],
  [12, "f7c2fe56958c31d3b5548cad7bfdeb4cb2cd52b186dc0182ae9f875fa94a03d6"],
  [13, "ddd657fd0e11caf5eff8cccebe32c3c4ed85c9b86736a38ac520826cd5ca1e54"],
  [14, "ddd657fd0e11caf5eff8cccebe32c3c4ed85c9b86736a38ac520826cd5ca1e54"],
  [78, "38a44b7d304be31ee2ee8ba8f8a54edeaf2e474c27e66e02a141e58be5becdfc"],
];

function key(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array;
}

function protonet(): State {
  return createGenesis({
    governanceKey: key(PROTONET.governanceKey),
    genesisKey: key(PROTONET.genesisKey),
    peerKeys: [key(PROTONET.peerKey)],
  });
}

function forPeers(peerKeys: readonly Uint8Array[], timestamp?: number): State {
  const first = peerKeys[0] ?? new Uint8Array(32);
  const keys = { governanceKey: first, genesisKey: first, peerKeys };
  return createGenesis(timestamp === undefined ? keys : { ...keys, timestamp });
}

function totalCoins(state: State): bigint {
  let total = BigInt(state.memoryValue);
  for (let i = 0; i < state.accounts.count; i++) total += BigInt(state.account(i)?.balance ?? 0);
  for (const peerKey of state.peers.keys()) {
    total += BigInt(state.peer(peerKey as never)?.balance ?? 0);
  }
  return total;
}

describe("genesis", () => {
  test("accounts without code are those of the reference", () => {
    const state = protonet();
    const hashes = ACCOUNT_HASHES.map(([i]) => [i, toHex(hashBytes(state.account(i)))]);
    expect(hashes).toEqual(ACCOUNT_HASHES.map(([i, hash]) => [i, hash]));
  });

  test("is what it was: a library that is changed on purpose changes these hashes", () => {
    expect(toHex(hashBytes(testGenesis()))).toBe(TEST_GENESIS_HASH);
    expect(toHex(hashBytes(protonet()))).toBe(PROTONET_HASH);
  });

  test("is what the sources of the libraries give: else bun run libraries", () => {
    for (const [count, timestamp] of [
      [1, undefined],
      [3, 1_800_000_000_000],
      [51, undefined],
    ] as const) {
      const [governanceKey = new Uint8Array(32), genesisKey = governanceKey] =
        testKeys(60).slice(-2);
      const keys = { governanceKey, genesisKey, peerKeys: testKeys(count) };
      const options = timestamp === undefined ? keys : { ...keys, timestamp };
      const hashes = [createGenesis(options), deployGenesis(options)].map(hashBytes).map(toHex);
      expect(hashes[0]).toBe(hashes[1] as string);
    }
  });

  test("every function in it has metadata, so that a call of it cannot stop a block (T2)", () => {
    const state = testGenesis();
    const bare: string[] = [];
    for (let i = 0; i < state.accounts.count; i++) {
      const account = state.account(i);
      for (const [name, value] of account?.environment?.entries() ?? []) {
        const hasMetadata = account?.metadata?.get(name) !== undefined;
        if (value instanceof FunctionValue && !hasMetadata)
          bare.push(`#${i}/${(name as CVMSymbol).name}`);
      }
    }
    expect(bare).toEqual([]);
  });

  test("is the same in another process", () => {
    const program = join(import.meta.dir, "print-genesis-hash.ts");
    const other = Bun.spawnSync([process.execPath, program]);
    expect(other.stdout.toString()).toBe(toHex(hashBytes(testGenesis())));
  });

  test("is complete: decoding what it encodes gives the same State", () => {
    const bytes = encodeMultiCell(testGenesis());
    expect(hashBytes(decodeMultiCell(bytes, CVM_TABLE))).toEqual(hashBytes(testGenesis()));
  });

  test("divides stake and coins among peers", () => {
    for (const count of [1, 2, 3, 7]) {
      const state = forPeers(testKeys(count));
      const controllers = testKeys(count).map((_, i) => Number(state.account(12 + i)?.balance));
      const stakes = state.peers.keys().map((k) => Number(state.peer(k as never)?.peerStake));
      expect(controllers.reduce((a, b) => a + b)).toBe(399_600_000_000_000);
      expect(stakes.reduce((a, b) => a + b)).toBe(199_800_000_000_000);
      expect(Math.max(...stakes) - Math.min(...stakes)).toBeLessThanOrEqual(1);
      expect(totalCoins(state)).toBe(1_000_000_000_000_000_000n);
      expect(state.accounts.count).toBe(132);
    }
  });

  test("more than 51 peers shift what follows", () => {
    const state = forPeers(testKeys(60));
    expect(state.accounts.count).toBe(132);
    expect(state.account(72)?.key).not.toBeNull();
    expect(state.account(72)?.allowance).toBe(10_000);
    expect(state.account(73)?.key).toBeNull();
    expect(totalCoins(state)).toBe(1_000_000_000_000_000_000n);
  });

  test("libraries find each other where they are shifted to", () => {
    const state = forPeers(testKeys(60));
    const source = `(do
      (def T (deploy (@convex.fungible/build-token {:supply 1000})))
      (@torus.exchange/add-liquidity T 100 400)
      (def b (@asset.box/create))
      (@asset.box/insert b [T 10])
      [(@convex.trust/trusted? (@convex.trust.monitors/owns [T 890]) *address*)
       (@torus.exchange/price T)
       (@torus.exchange/price @currency.USDF)
       (= (first b) @asset.box.actor)
       @convex.fungible])`;
    const { success } = runStep(state, Address.of(12), readForm(source));
    expect(print(success?.value ?? null)).toBe("[true 4.0 1.0E7 true #73]");
  });

  test("takes a time", () => {
    expect(forPeers(testKeys(1), 1_800_000_000_000).timestamp).toBe(1_800_000_000_000);
    expect(forPeers(testKeys(1)).timestamp).toBe(1_735_056_000_000);
  });

  test("refuses keys that make no network", () => {
    const [first = new Uint8Array(32)] = testKeys(1);
    expect(() => forPeers([])).toThrow(GenesisError);
    expect(() => forPeers([first, first])).toThrow("Two peers have the same public key");
    expect(() => forPeers([first.slice(1)])).toThrow("A public key has 32 bytes, not 31");
  });
});
