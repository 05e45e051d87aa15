// Memory shared by links: who holds most goes first, strangers before the trusted.

import { expect, test } from "bun:test";
import { type BufferHolder, SharedBuffer } from "../../src/net/shared-buffer.ts";

const OWN = 10;
const LIMIT = 100;

function holder(name: string, gone: string[], isTrusted = false): BufferHolder {
  return { isTrusted, evict: () => gone.push(name) };
}

test("bytes within a link's own amount do not count", () => {
  const buffer = new SharedBuffer(LIMIT, OWN);
  const gone: string[] = [];
  for (let i = 0; i < 1000; i++) buffer.hold(holder(`${i}`, gone), OWN);
  expect(buffer.usedBytes).toBe(0);
  expect(gone).toEqual([]);
});

test("when the common amount is used up the link that holds most is closed", () => {
  const buffer = new SharedBuffer(LIMIT, OWN);
  const gone: string[] = [];
  const [small, large] = [holder("small", gone), holder("large", gone)];
  buffer.hold(large, 90);
  buffer.hold(small, 30);
  expect(buffer.usedBytes).toBe(100);
  buffer.hold(small, 31);
  expect(gone).toEqual(["large"]);
  expect(buffer.usedBytes).toBe(21);
});

test("strangers are closed before trusted links, however little they hold", () => {
  const buffer = new SharedBuffer(LIMIT, OWN);
  const gone: string[] = [];
  buffer.hold(holder("stranger", gone), 12);
  buffer.hold(holder("peer", gone, true), 109);
  expect(gone).toEqual(["stranger"]);
  buffer.hold(holder("peer 2", gone, true), 50);
  expect(gone).toEqual(["stranger", "peer"]);
});

test("released bytes can be held by others", () => {
  const buffer = new SharedBuffer(LIMIT, OWN);
  const gone: string[] = [];
  const one = holder("one", gone);
  buffer.hold(one, 70);
  buffer.hold(one, 20);
  expect(buffer.usedBytes).toBe(10);
  buffer.release(one);
  buffer.release(one);
  expect(buffer.usedBytes).toBe(0);
});
