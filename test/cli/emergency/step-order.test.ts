// What comes first in an emergency, by what is known: of the other peer, and of the peer itself.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnStatus } from "../../../src/cli/contact/operator.ts";
import type { EmergencyScene } from "../../../src/cli/emergency/emergency-steps.ts";
import type { Outlook } from "../../../src/cli/emergency/outlook.ts";
import { type OwnView, stakeFirst } from "../../../src/cli/emergency/step-order.ts";
import { CommandError } from "../../../src/cli/failure.ts";
import { placesOf } from "../../../src/cli/files/data-folder.ts";

const PEER = "ab".repeat(32);
const root = mkdtempSync(join(tmpdir(), "convex-order-"));
afterAll(() => rmSync(root, { recursive: true }));
const scene: EmergencyScene = {
  folder: placesOf(root),
  dataDir: root,
  peer: PEER,
  isDryRun: false,
};

function own(votingShare?: number, reachableShare?: number): OwnView {
  const shares = { votingShare, reachableShare };
  return { status: { peer: PEER, genesis: "00", ...shares } as unknown as OwnStatus, hang: null };
}

const ABSENT: OwnView = { status: null, hang: null };
const SILENT: Outlook = { kind: "silent", why: "its answer tells no weights" };
const NO_WAY: Outlook = { kind: "no way", error: new CommandError(69, "nobody is there") };

function seen(share: number, isStale = false): Outlook {
  return { kind: "seen", share, isStale, genesis: "00", controller: null };
}

/** What is decided, and what is said. */
function decided(outlook: Outlook, view: OwnView, isStopFirst = false) {
  const { write } = process.stderr;
  let said = "";
  process.stderr.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof write;
  try {
    return { first: stakeFirst(scene, outlook, view, isStopFirst), said };
  } finally {
    process.stderr.write = write;
  }
}

test("who is not needed is told nothing, and of no way only where there is none", () => {
  expect(decided(seen(0.25), ABSENT).said).toBe("");
  expect(decided(NO_WAY, own(1 / 3, 1)).said).toContain("as it stands: nobody is there.\n");
  expect(decided(SILENT, own(0.1, 1)).said).toContain("tells of no weights");
});

test.each([
  ["a third", seen(1 / 3), ABSENT, "needed"],
  ["a quarter", seen(0.25), ABSENT, null],
  ["no stake, others are down", seen(0), own(0, 0.5), null],
  ["a quarter, and as much is down", seen(0.25), own(0.25, 0.75), "needed"],
  ["a quarter, and all are up", seen(0.25, true), own(0.25, 1), null],
  ["a quarter as a peer has it that is lost itself", seen(0.25, true), ABSENT, "unknown"],
  ["as much, of an earlier version that tells no shares", seen(0.25, true), own(), "unknown"],
  ["no way, a third by its own word", NO_WAY, own(1 / 3, 1), "needed"],
  ["no way, a tenth by its own word", NO_WAY, own(0.1, 1), null],
  ["no way, and it is not here", NO_WAY, ABSENT, "unknown"],
  ["an answer that says nothing", SILENT, ABSENT, null],
  ["an answer that says nothing, a third by its own word", SILENT, own(1 / 3, 1), "needed"],
] as const)("%s", (_, outlook, view, first) => {
  const found = decided(outlook, view);
  expect(found.first).toBe(first);
  if (first !== null) expect(found.said).toMatch(/: (?:its stake is taken back first|wherever it)/);
  const forced = decided(outlook, view, true);
  expect(forced.first).toBeNull();
  expect(forced.said.includes("stopped first")).toBe(first !== null);
});

test("what is wrong with the way, or with its answer, is said", () => {
  expect(decided(NO_WAY, own(0.1, 1)).said).toContain("as it stands: nobody is there.");
  expect(decided(SILENT, ABSENT).said).toContain(
    "tells of no weights: its answer tells no weights.",
  );
});

test("a peer that hangs is told of, with what to do", () => {
  const hung = decided(seen(0.5), { status: null, hang: "process 7 hangs: restart it" });
  expect(hung).toMatchObject({
    first: "needed",
    said: expect.stringContaining(
      "must go on until its stake is back.\nprocess 7 hangs: restart it.\n",
    ),
  });
});

test("where it is sealed and does not run, there is nothing to keep running", () => {
  writeFileSync(join(root, "sealed.json"), JSON.stringify({ peer: PEER, at: "2026-01-01" }));
  expect(decided(NO_WAY, ABSENT).first).toBeNull();
});
