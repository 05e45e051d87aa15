// The key that `start` makes in an empty data directory: one, however many begin there at once.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataFolder } from "../../../src/cli/files/data-folder.ts";
import { type PeerKey, peerKey } from "../../../src/cli/keys/peer-key.ts";
import { StoreError } from "../../../src/store/store.ts";

const parent = mkdtempSync(join(tmpdir(), "convex-first-key-"));
afterAll(() => rmSync(parent, { recursive: true }));

test("of two that begin in one data directory one makes a key, the other ends as beside a peer", async () => {
  const folder = dataFolder(join(parent, "data"));
  const begun = await Promise.allSettled([peerKey(folder, {}), peerKey(folder, {})]);
  const made = begun.filter((each): each is PromiseFulfilledResult<PeerKey> => {
    return each.status === "fulfilled";
  });
  const refused = begun.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(refused).toEqual([expect.any(StoreError)]);
  expect(refused[0].code).toBe("IN_USE");
  expect(readdirSync(folder.keys)).toEqual([`${made[0]?.value.stored.publicKey}.json`]);
  expect([folder.root, folder.keys].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o700, 0o700,
  ]);
  // It is let go: the peer begins with that key.
  expect((await peerKey(folder, {})).stored).toEqual(made[0]?.value.stored as PeerKey["stored"]);
});
