// Addresses of peers: the table of sheet 04 §10, and what others may have written there.

import { describe, expect, test } from "bun:test";
import { fromHex } from "../../../src/crypto/hex.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { InvokeOp } from "../../../src/cvm/ops/invoke-op.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  addressRange,
  addressText,
  parseNamedHost,
  parsePeerUrl,
  readNamedHost,
} from "../../../src/peer/connections/peer-address.ts";
import { SERVER_CONNECTION_PAUSE } from "../../../src/peer/network-bounds.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, keyPair } from "../scene.ts";

describe("a published :url", () => {
  test.each([
    ["tcp://peer.convex.live:18888", "peer.convex.live:18888"],
    ["https://h", "h:18888"],
    ["h:18888", "h:18888"],
    ["127.0.0.1:5", "127.0.0.1:5"],
    ["[::1]:9", "[::1]:9"],
    ["::1:9", "[::1]:9"],
    ["tcp://[2001:db8::1]:7", "[2001:db8::1]:7"],
    ["tcp://user@h:7/path?x#y", "h:7"],
    ["peer.convex.live", null],
    ["h:65536", null],
    ["h:0", null],
    ["h:-1", null],
    ["h:99999999999", null],
    ["h:1e3", null],
    [":18888", null],
    ["", null],
    ["tcp://", null],
    ["tcp://h h:5", null],
    ["h\n:5", null],
    [`${"h".repeat(300)}:5`, null],
  ])("%p is %p", (url, expected) => {
    const address = parsePeerUrl(url);
    expect(address === null ? null : addressText(address)).toBe(expected);
  });

  test("is looked for in a map that is not what it says without harm to anybody", async () => {
    const cluster = new Cluster({ count: 3 });
    cluster.startAll();
    await cluster.run(1_000);
    // A tree of 16 entries whose children are told apart by a digit that no hash has.
    const damaged = decode(fromHex(`82107fffff${"00".repeat(16)}`) as Uint8Array, CVM_TABLE);
    const fn = CORE_BY_NAME.get("set-peer-data") as Value;
    const args = [fn, Blob.of(keyPair(1).publicKey), damaged];
    const call = new InvokeOp(Vector.from(args.map((value) => Constant.of(value))));
    const invoke = Invoke.of(Address.of(1), 1, call);
    const answer = cluster.networked(0).peer.submit(SignedData.sign(keyPair(1), invoke));
    await cluster.run(1_000);
    expect(errorOf(await answer)).toBeNull();
    expect(cluster.agrees(1)).toBe(true);
    await cluster.run(2 * SERVER_CONNECTION_PAUSE);
    expect(cluster.faults).toEqual([]);
  });
});

test.each([
  ["peer.convex.live", "peer.convex.live:18888"],
  ["10.0.0.1:5", "10.0.0.1:5"],
  ["::1", "[::1]:18888"],
  ["[::1]:5", "[::1]:5"],
  ["tcp://h:5", "h:5"],
  ["h:x", null],
])("the operator's %p is %p", (text, expected) => {
  const address = parseNamedHost(text);
  expect(address === null ? null : addressText(address)).toBe(expected);
});

test.each([
  ["peer.convex.live", "peer.convex.live", null],
  ["10.0.0.1:5", "10.0.0.1", 5],
  ["80:80", "80", 80],
  ["::1", "::1", null],
  ["[::1]", "::1", null],
  ["[::1]:18888", "::1", 18_888],
  ["tcp://h/x", "h", null],
  ["tcp://h:18888/x", "h", 18_888],
])("%p is the host %p and the port %p", (text, host, port) => {
  expect(readNamedHost(text)).toEqual({ host, port });
});

test("ranges are what addresses under one hand have in common", () => {
  expect(addressRange("192.0.2.1")).toBe(addressRange("192.0.77.9"));
  expect(addressRange("192.0.2.1")).not.toBe(addressRange("192.1.2.1"));
  expect(addressRange("2001:db8::1")).toBe(addressRange("2001:db8:9::1"));
  expect(addressRange("a.example.org")).toBe(addressRange("b.example.org"));
});
