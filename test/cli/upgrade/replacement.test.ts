// What lies beside an executable while it is replaced, and after.

import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Replacement } from "../../../src/cli/upgrade/replacement.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-replacement-"));
afterAll(() => rmSync(folder, { recursive: true }));

let executable: string;
let previous: string;
beforeEach(() => {
  const bin = mkdtempSync(join(folder, "bin-"));
  executable = join(bin, "convex-peer");
  previous = `${executable}.previous`;
  writeFileSync(executable, "one");
});

/** Puts an executable with this text in place; takes it back when it is not well. */
function replace(text: string, isWell: boolean): void {
  const replacement = new Replacement(executable);
  writeFileSync(replacement.staged, text);
  replacement.swap();
  if (!isWell) replacement.rollBack();
  replacement.close();
}

/** What lies there, by name. */
function found(): Record<string, string> {
  const bin = join(executable, "..");
  const names = readdirSync(bin).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(bin, name), "utf8")]));
}

function isOffered(): boolean {
  const replacement = new Replacement(executable);
  const { hasPrevious } = replacement;
  replacement.close();
  return hasPrevious;
}

test("what is taken back leaves no version to go back to where there was none", () => {
  replace("two", false);
  expect(found()).toEqual({ "convex-peer": "one" });
  expect(isOffered()).toBe(false);
});

test("what is taken back leaves the one before as it was", () => {
  replace("two", true);
  expect(found()).toEqual({ "convex-peer": "two", "convex-peer.previous": "one" });
  expect(isOffered()).toBe(true);
  replace("three", false);
  expect(found()).toEqual({ "convex-peer": "two", "convex-peer.previous": "one" });
  replace("three", true);
  expect(found()).toEqual({ "convex-peer": "three", "convex-peer.previous": "two" });
});

test("the one in place by another name, or a copy of it, is none to go back to", () => {
  // As releases before left it.
  linkSync(executable, previous);
  expect(isOffered()).toBe(false);
  replace("two", false);
  expect(found()).toEqual({ "convex-peer": "one" });
  copyFileSync(executable, previous);
  expect(isOffered()).toBe(false);
  writeFileSync(previous, "eno");
  expect(isOffered()).toBe(true);
});

test("what a killed upgrade left is gone after a day, and not before", () => {
  const bin = join(executable, "..");
  const left = (name: string, hours: number) => {
    const path = join(bin, name);
    mkdirSync(path);
    writeFileSync(join(path, "download"), "a part");
    const atS = Date.now() / 1_000 - hours * 3_600;
    utimesSync(path, atS, atS);
  };
  left(".convex-peer-upgrade.old", 25);
  left(".convex-peer-upgrade.new", 23);
  left(".convex-peers-upgrade.other", 25);
  replace("two", true);
  expect(readdirSync(bin).sort()).toEqual([
    ".convex-peer-upgrade.new",
    ".convex-peers-upgrade.other",
    "convex-peer",
    "convex-peer.previous",
  ]);
});

test("whether another executable is in place than before is told at every step", () => {
  const replacement = new Replacement(executable);
  writeFileSync(replacement.staged, "two");
  const told = [replacement.isSwapped];
  replacement.swap();
  told.push(replacement.isSwapped);
  replacement.rollBack();
  told.push(replacement.isSwapped);
  replacement.close();
  expect(told).toEqual([false, true, false]);
});

test("of two upgrades at once one goes on, and the version before stays the one to go back to", () => {
  const [first, second] = [new Replacement(executable), new Replacement(executable)];
  for (const each of [first, second]) writeFileSync(each.staged, "two");
  first.swap();
  expect(() => second.swap()).toThrow("Another upgrade has replaced");
  expect(second.isSwapped).toBe(false);
  second.close();
  const later = new Replacement(executable);
  later.stagePrevious();
  later.swap();
  // Who finds the peer unwell now would bring back what the other one has taken away.
  expect(() => first.rollBack()).toThrow("that one stays");
  for (const each of [first, later]) each.close();
  expect(found()).toEqual({ "convex-peer": "one", "convex-peer.previous": "two" });
});
