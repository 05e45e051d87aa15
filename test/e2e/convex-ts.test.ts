// @convex-world/convex-ts 0.3.0 from npm, unmodified, against `convex-peer local` (sheet 05 §6.3).

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Convex, ConvexError, KeyPair } from "@convex-world/convex-ts";
import { PeerProcess } from "./peer-process.ts";

let peer: PeerProcess;
let convex: Convex;
let address: number;

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ConvexError) return String(error.code);
    throw error;
  }
  return "no error";
}

beforeAll(async () => {
  peer = await PeerProcess.start({ command: "local" });
  convex = new Convex(peer.url);
  const keyPair = KeyPair.generate();
  const info = await convex.createAccount(keyPair, 100_000_000);
  address = Number(info.address);
  convex.setAccount(address, keyPair);
});

afterAll(async () => {
  await peer.end();
  peer.removeData();
});

test("a funded account is created and its balance read", async () => {
  expect(Number.isInteger(address)).toBe(true);
  expect((await convex.balance()).value).toBe(100_000_000);
  expect(typeof (await convex.balance("#12")).value).toBe("number");
});

test("queries and names", async () => {
  expect((await convex.query("(* 2 3)")).value).toBe(6);
  expect((await convex.query("@convex.core")).result).toBe("#8");
  expect((await convex.cns("convex.core").resolve()).result).toBe("#8");
});

test("transfer, account info, faucet", async () => {
  expect((await convex.transfer("#11", 100)).value).toBe(100);
  expect((await convex.getAccountInfo()).sequence).toBe(1);
  expect(await convex.getSequence()).toBe(1);
  const given = (await convex.faucet(address, 1_000_000)) as unknown as Record<string, unknown>;
  expect(given.amount).toBe(1_000_000);
  expect(given.address).toBe(address);
});

test("transactions, small and with cells of their own", async () => {
  expect((await convex.transact("(def x 1)")).value).toBe(1);
  const long = await convex.transact(`(def y "${"x".repeat(400)}")`);
  expect(long.value).toBe("x".repeat(400));
  expect((await convex.query("(+ x (count y))")).value).toBe(401);
});

test("a contract is deployed and called", async () => {
  const source = "(deploy '(do (def n 0) (defn add ^:callable [k] (set! n (+ n k)))))";
  const actor = (await convex.transact(source)).result;
  expect(actor).toMatch(/^#\d+$/);
  expect((await convex.transact(`(call ${actor} (add 5))`)).value).toBe(5);
  expect((await convex.transact(`(call ${actor} (add 5))`)).value).toBe(10);
});

test("errors reach the client by code", async () => {
  expect(await codeOf(convex.query("(assert false)"))).toBe("ASSERT");
  expect(await codeOf(convex.transact('(fail :BOO "m")'))).toBe("BOO");
  expect(convex.query("(+ 1")).rejects.toThrow("Parse error at 1:4");
});

test("a wrong signer and a missing account are refused", async () => {
  const stranger = new Convex(peer.url);
  stranger.setAccount(address, KeyPair.generate());
  expect(await codeOf(stranger.transact("1"))).toBe("SIGNATURE");
  stranger.setAddress(999_999);
  expect(await codeOf(stranger.query("1"))).toBe("NOBODY");
  expect(stranger.getAccountInfo()).rejects.toThrow("The account does not exist: #999999");
});
