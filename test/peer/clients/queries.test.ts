// Queries on a genesis State of our own; juice and fees as the reference gave them (sheet 05,
// recordings).

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { Ref } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { createGenesis } from "../../../src/genesis/genesis.ts";
import { print } from "../../../src/lang/printer.ts";
import { runQuery } from "../../../src/peer/clients/queries.ts";
import { Result } from "../../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, MULTI_MODE, Multi, Transfer } from "../../../src/state/transaction.ts";
import { keyPair } from "../scene.ts";

const { publicKey } = keyPair(0);
const genesis: State = createGenesis({
  governanceKey: publicKey,
  genesisKey: publicKey,
  peerKeys: [publicKey],
});

/** The Result as text, its log left out. */
function query(source: string, address: number | null): string {
  const form = readForm(source);
  const result = runQuery(
    genesis,
    form,
    address === null ? null : Address.of(address),
    PROFILE_0_8_5,
  );
  const { result: value, error, info } = result;
  return print(Result.of({ result: value, error, info })) ?? "";
}

describe("queries", () => {
  test.each([
    ["(* 2 3)", 12, "#Result {:result 6,:info {:juice 581,:source :PEER,:fees 13810}}"],
    ["*address*", null, "#Result {:result #11,:info {:juice 50,:source :PEER,:fees 8900}}"],
    ["nil", 12, "#Result {:result nil,:info {:juice 75,:source :PEER,:fees 7150}}"],
    [
      "*address*",
      999999,
      '#Result {:result "Query for non-existant account",:error :NOBODY,:info {:source :PEER,:eaddr #0,:trace []}}',
    ],
    [
      "foo",
      12,
      "#Result {:result foo,:error :UNDECLARED,:info {:juice 135,:source :PEER,:eaddr #12,:fees 8550,:trace []}}",
    ],
  ])("%s as %p gives %s", (source, address, expected) => {
    const actual = query(source, address).replace('"foo"', "foo").replace("'foo", "foo");
    expect(sorted(actual)).toEqual(sorted(expected));
  });

  /** The entries of a printed Result, whatever the order of its maps. */
  function sorted(text: string): string[] {
    return text.split(/[,{}]/).sort();
  }

  test("run as an account without key too, with its sequence whatever it is", () => {
    expect(query("*key*", 8)).toContain(":error :JUICE");
    const rich = genesis.withAccount(
      8,
      (genesis.account(8) as NonNullable<ReturnType<State["account"]>>).withBalance(1e12),
    );
    const result = runQuery(rich, readForm("[*key* *address*]"), Address.of(8), PROFILE_0_8_5);
    expect(print(result.result)).toBe("[nil #8]");
  });

  test("of an account without coins fail for want of juice, with nothing but the source", () => {
    const poor = genesis.withAccount(
      12,
      (genesis.account(12) as NonNullable<ReturnType<State["account"]>>).withBalance(0),
    );
    const result = runQuery(poor, 1, Address.of(12), PROFILE_0_8_5);
    expect(print(result)).toContain(
      ':result "Out of juice!",:error :JUICE,:log [],:info {:source :PEER}',
    );
  });

  test("may be transactions, signed or not, of any sequence", () => {
    const form = Invoke.of(Address.of(11), 999, readForm("(+ 1 *sequence*)"));
    expect(runQuery(genesis, form, null, PROFILE_0_8_5).result).toBe(1);
    const transfer = Transfer.of(Address.of(11), 5, Address.of(12), 7);
    const signed = SignedData.of(publicKey, new Uint8Array(64), transfer);
    expect(runQuery(genesis, signed, Address.of(12), PROFILE_0_8_5).result).toBe(7);
  });

  test("keep nobody waiting for what a Multi may do in a block", () => {
    const user = Address.of(11);
    const endless = Invoke.of(user, 1, readForm("(loop [] (recur))"));
    const multi = (count: number, child: Invoke) =>
      Multi.of(user, 1, MULTI_MODE.ANY, Vector.from(Array<Invoke>(count).fill(child)));
    const heavy = runQuery(genesis, multi(1000, endless), null, PROFILE_0_8_5);
    expect(print(heavy.error)).toBe(":EXCEPTION");
    expect(print(heavy.result)).toContain("Too much work");
    const light = multi(1000, Invoke.of(user, 1, readForm("(+ 1 2)")));
    expect(runQuery(genesis, light, null, PROFILE_0_8_5).isError).toBe(false);
  });

  test("have as much juice as the operator lets them", () => {
    const form = readForm("(loop [i 0] (if (< i 1000) (recur (inc i)) i))");
    const run = (juiceMax?: number) =>
      runQuery(genesis, form, null, PROFILE_0_8_5, "read", juiceMax);
    expect(run().result).toBe(1000);
    expect(print(run(50_000).error)).toBe(":JUICE");
  });

  test("change nothing", () => {
    const before = hashKey(genesis);
    expect(query("(do (def x 1) (transfer #13 5))", 11)).not.toContain(":error");
    expect(hashKey(genesis)).toBe(before);
  });

  test("that name what is absent give :MISSING, and mistakes of ours are not hidden", () => {
    const absent = new Ref("x".repeat(32), null);
    const form = new Vector(1, [absent], null, false);
    const result = runQuery(genesis, form, Address.of(11), PROFILE_0_8_5);
    expect(print(result.error)).toBe(":MISSING");
    const failing = {
      ...PROFILE_0_8_5,
      rulesAt: () => {
        throw new TypeError("ours");
      },
    };
    expect(() => runQuery(genesis, 1, Address.of(11), failing)).toThrow("ours");
    const throwing = new Multi([Address.of(11), 1, MULTI_MODE.ANY, null]);
    const thrown = runQuery(genesis, throwing, null, PROFILE_0_8_5);
    expect(print(thrown.error)).toBe(":EXCEPTION");
    expect(print(thrown.result)).toBe('"Multi without transactions"');
  });

  test("in which the reference would throw give :EXCEPTION", () => {
    const result = runQuery(genesis, readForm("(call #12 (f))"), Address.of(11), PROFILE_0_8_5);
    expect(result.isError).toBe(true);
  });
});
