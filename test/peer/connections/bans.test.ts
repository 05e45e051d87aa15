// The list of bans: a host is banned in whatever spelling it comes, and a damaged file says what to
// do.

import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bans, BansError, bannedKey } from "../../../src/peer/connections/bans.ts";
import { canonicalHost } from "../../../src/peer/connections/host-form.ts";
import { isKeyPart, wholeKey } from "../../../src/peer/operator/key-part.ts";
import {
  banTarget,
  connectTarget,
  TargetError,
  unbanTarget,
} from "../../../src/peer/operator/operator-targets.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-bans-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Spellings of one host, its own first. */
const SAME = [
  ["127.0.0.1", "::ffff:127.0.0.1", "::FFFF:7f00:1", "[::ffff:127.0.0.1]", "0:0:0:0:0:ffff:7f00:1"],
  ["::1", "0:0:0:0:0:0:0:1", "[::1]", "::0001", "0::1"],
  ["2001:db8::1", "2001:DB8::1", "2001:0db8:0000:0:0:0:0:1"],
  ["fe80::1%eth0", "FE80:0::1%eth0"],
  ["peer.example.org", "Peer.Example.ORG", "peer.example.org."],
] as const;

test("every spelling of a host has one form, bans it and lifts the ban", () => {
  for (const spellings of SAME) {
    const [own] = spellings;
    for (const typed of spellings) {
      expect([typed, canonicalHost(typed)]).toEqual([typed, own]);
      const bans = new Bans(null);
      expect([bans.add(banTarget(typed)), bans.entries]).toEqual([own, [own]]);
      for (const other of spellings) expect([other, bans.hasHost(other)]).toEqual([other, true]);
      for (const other of spellings) {
        expect([other, bans.remove(unbanTarget(other))]).toEqual([other, true]);
        bans.add(own);
      }
    }
  }
});

test("a peer or host that is not in the list is not banned", () => {
  const bans = new Bans(null);
  const [key, other] = ["k", "o"].map((each) => each.repeat(32)) as [string, string];
  expect([bans.hasKey(key), bans.hasHost("192.0.2.7")]).toEqual([false, false]);
  bans.add(Buffer.from(key, "latin1").toString("hex"));
  bans.add("192.0.2.7");
  expect([bans.hasKey(key), bans.hasKey(other)]).toEqual([true, false]);
  expect([bans.hasHost("192.0.2.7"), bans.hasHost("192.0.2.8")]).toEqual([true, false]);
});

test("the list has ten thousand entries at most", () => {
  const bans = new Bans(null);
  for (let i = 0; i < 10_000; i++) bans.add(`host${i}.example`);
  expect(() => bans.add("one.more")).toThrow(BansError);
  expect(bans.add("host7.example")).toBe("host7.example");
  expect(bans.entries.length).toBe(10_000);
});

test("a change that can't be written is none", () => {
  const path = join(folder, "unwritable.json");
  const bans = new Bans(path);
  bans.add("192.0.2.7");
  // What no file can take the place of.
  mkdirSync(join(`${path}.new`, "full"), { recursive: true });
  expect(() => bans.add("192.0.2.8")).toThrow("Cannot write the list of bans");
  expect(() => bans.remove("192.0.2.7")).toThrow("Cannot write the list of bans");
  expect([bans.entries, new Bans(path).entries]).toEqual([["192.0.2.7"], ["192.0.2.7"]]);
  rmSync(`${path}.new`, { recursive: true });
  expect([bans.remove("192.0.2.7"), bans.entries, new Bans(path).entries]).toEqual([true, [], []]);
});

test("what another hand has put into the file counts when it is read again, and is not lost", () => {
  const path = join(folder, "edited.json");
  const bans = new Bans(path);
  bans.add("192.0.2.7");
  expect(bans.refresh()).toBe(false);
  writeFileSync(path, '["192.0.2.7", "Peer.Example.org"]');
  expect([bans.refresh(), bans.refresh()]).toEqual([true, false]);
  expect(bans.hasHost("peer.example.org")).toBe(true);
  bans.add("192.0.2.8");
  const all = ["192.0.2.7", "192.0.2.8", "peer.example.org"];
  expect([bans.entries, JSON.parse(readFileSync(path, "utf8"))]).toEqual([all, all]);
  // Removed by hand, as a start would find it.
  writeFileSync(path, '["192.0.2.8"]');
  expect([bans.refresh(), bans.entries]).toEqual([true, ["192.0.2.8"]]);
  rmSync(path);
  expect([bans.refresh(), bans.entries]).toEqual([true, []]);
  // Half written.
  bans.add("192.0.2.9");
  writeFileSync(path, '["192.0.2.10"');
  expect(() => bans.refresh()).toThrow("is damaged");
  expect(bans.entries).toEqual(["192.0.2.9"]);
  expect(new Bans(null).refresh()).toBe(false);
});

test("keys are keys in capitals, too", () => {
  const key = "ab".repeat(32);
  for (const typed of [key.toUpperCase(), `0X${key.toUpperCase()}`, `0x${key}`]) {
    const bans = new Bans(null);
    expect(bans.add(banTarget(typed))).toBe(key);
    expect(bannedKey(typed)).toBe(bannedKey(key));
    expect(() => connectTarget(typed)).toThrow(TargetError);
    expect(isKeyPart(typed.slice(0, 20))).toBe(true);
    expect(bans.remove(unbanTarget(typed))).toBe(true);
  }
  expect(wholeKey("0XABAB", { keys: [key], whose: "a peer", advice: "" })).toBe(key);
});

test("a text that can be no host has no spelling", () => {
  const wrong = ["127.0.0.300", "010.0.0.1", "1.2.3", "127.0.0.1.", "0x7f.1", "a.0x7f", "1::2::3"];
  for (const host of [...wrong, "a..b", "-a.org", "a-.org", ".org", "", `${"a".repeat(64)}.org`]) {
    expect([host, canonicalHost(host)]).toEqual([host, null]);
    expect(() => banTarget(host)).toThrow(TargetError);
  }
  for (const host of wrong.slice(0, 6)) {
    expect(() => banTarget(host)).toThrow("four numbers up to 255");
  }
});

test("entries that stand in the file in other spellings ban, and can be lifted", () => {
  const path = join(folder, "bans.json");
  const key = "AB".repeat(32);
  writeFileSync(path, JSON.stringify(["::ffff:192.0.2.7", "Old.Example.org", `0x${key}`, "peer7"]));
  const bans = new Bans(path);
  const kept = ["192.0.2.7", key.toLowerCase(), "old.example.org", "peer7"];
  expect(bans.entries).toEqual(kept);
  expect(["192.0.2.7", "old.example.org", "PEER7"].map((host) => bans.hasHost(host))).toEqual([
    ...[true, true, true],
  ]);
  for (const entry of kept) expect(bans.remove(unbanTarget(entry))).toBe(true);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual([]);
  // No host at all, by another hand.
  writeFileSync(path, '["127.0.0.300"]');
  expect(new Bans(path).remove(unbanTarget("127.0.0.300"))).toBe(true);
});

test("a damaged file says how it is mended, and what is lost without it", () => {
  const path = join(folder, "damaged.json");
  for (const text of ["", "{", "{}", "[1]", '["192.0.2.7"']) {
    writeFileSync(path, text);
    const words = `${path} is damaged, it must be a JSON list of keys and hosts in quotes`;
    expect(() => new Bans(path)).toThrow(words);
    expect(() => new Bans(path)).toThrow("move it away and start without any bans");
  }
  const closed = join(folder, "a-folder.json");
  mkdirSync(closed);
  expect(() => new Bans(closed)).toThrow(BansError);
  expect(() => new Bans(closed)).toThrow("Cannot read the list of bans");
});
