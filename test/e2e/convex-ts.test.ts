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

test("fungible tokens", async () => {
  const source =
    "(def tok (deploy (@convex.fungible/build-token {:supply 1000000 :decimals 2})" +
    " (@convex.fungible/add-mint {:max-supply 2000000})))";
  const token = String((await convex.transact(source)).result);
  const fungible = convex.fungible(token);
  expect((await fungible.balance()).value).toBe(1_000_000);
  expect((await fungible.transfer("#13", 10)).value).toBe(10);
  expect((await fungible.balance("#13")).value).toBe(10);
  expect((await fungible.supply()).value).toBe(1_000_000);
  expect((await fungible.decimals()).value).toBe(2);
  expect((await fungible.mint(500)).value).toBe(1_000_500);
  expect((await fungible.burn(1_500)).value).toBe(999_000);
  expect(await codeOf(fungible.transfer("#13", 999_999_999))).toBe("FUNDS");
  expect(await codeOf(convex.fungible("#13").transfer("#11", 1))).toBe("STATE");

  const asset = convex.asset(token);
  expect((await asset.balance()).value).toBe(998_990);
  expect((await asset.transfer("#13", 5)).value).toBe(15);
  expect((await asset.supply()).value).toBe(999_000);
  expect((await asset.offer(`#${address}`, 7)).value).toBe(7);
  expect((await asset.accept(`#${address}`, 7)).value).toBe(7);
  expect(await codeOf(asset.accept(`#${address}`, 1))).toBe("STATE");
});

test("assets that are not fungible", async () => {
  const id = Number((await convex.transact("(call @asset.nft.simple (create))")).value);
  const nft = convex.asset("#67");
  expect((await nft.transfer("#13", `#{${id}}`)).result).toBe(`#{${id}}`);
  expect((await nft.balance("#13")).result).toBe(`#{${id}}`);
  expect(await codeOf(nft.transfer("#13", `#{${id}}`))).toBe("FUNDS");
});

test("names", async () => {
  expect((await convex.cns("convex.fungible").resolve()).result).toBe("#64");
  expect((await convex.cns("no.such.name").resolve()).value).toBe(null);
  expect(await codeOf(convex.cns("convex.core").set("#1"))).toBe("TRUST");
  expect(await codeOf(convex.cns("convex.core").setController("#13"))).toBe("TRUST");
  expect(await codeOf(convex.cns("no.such.name").set("#1"))).toBe("STATE");
});
