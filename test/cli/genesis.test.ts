// `convex-peer genesis`: what it writes, and what it refuses.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { State } from "../../src/state/state.ts";
import { testKeys } from "../genesis/test-genesis.ts";
import { outcomeOf } from "../process-outcome.ts";
import { program } from "./terminal-session.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-genesis-"));
const [first, second, third] = testKeys(3).map(toHex) as [string, string, string];

afterAll(() => rmSync(folder, { recursive: true }));

async function genesis(...args: string[]) {
  const child = Bun.spawn([...program(), "genesis", ...args], {
    cwd: folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return outcomeOf(child);
}

function stateIn(name: string): State {
  const bytes = readFileSync(join(folder, name));
  const message = name.endsWith(".gz") ? Bun.gunzipSync(bytes) : bytes;
  return decodeMultiCell(message, CVM_TABLE) as State;
}

function key(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array;
}

describe("genesis", () => {
  test("writes a complete State, twice the same", async () => {
    const args = ["--keys", `${first},${second}`];
    const once = await genesis("--out", "once.cad3", ...args);
    const again = await genesis("--out", "again.cad3.gz", ...args);
    expect([once.exitCode, again.exitCode]).toEqual([0, 0]);
    const hash = once.stdout.trim();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(again.stdout.trim()).toBe(hash);
    for (const name of ["once.cad3", "again.cad3.gz"]) {
      const state = stateIn(name);
      expect(state).toBeInstanceOf(State);
      expect(toHex(hashBytes(state))).toBe(hash);
    }
    expect(stateIn("once.cad3").peers.count).toBe(2);
  });

  test("takes keys and time", async () => {
    const time = 1_800_000_000_000;
    const roles = ["--genesis-key", second, "--governance", `0x${third}`];
    const keys = ["--keys", first, ...roles, "--timestamp", `${time}`, "--json"];
    const { stdout } = await genesis("--out", "roles.cad3", ...keys);
    const facts = JSON.parse(stdout);
    const options = { governanceKey: key(third), genesisKey: key(second), peerKeys: [key(first)] };
    const expected = toHex(hashBytes(createGenesis({ ...options, timestamp: time })));
    expect(facts.genesis).toBe(expected);
    expect(facts).toMatchObject({
      file: "roles.cad3",
      peers: [first],
      genesisKey: second,
      governanceKey: third,
      timestamp: time,
    });
    expect(facts.bytes).toBe(readFileSync(join(folder, "roles.cad3")).length);
  });

  test("leaves a file that is there as it is, and says what to do", async () => {
    const args = ["--out", "kept.cad3", "--keys", first];
    expect((await genesis(...args)).exitCode).toBe(0);
    const before = readFileSync(join(folder, "kept.cad3"));
    const again = await genesis("--out", "kept.cad3", "--keys", second);
    expect([again.exitCode, again.stdout]).toEqual([73, ""]);
    expect(again.stderr).toBe(
      "convex-peer: Cannot write kept.cad3: it exists already, and was left as it is: remove it " +
        "first, or name another file with --out\n",
    );
    expect(readFileSync(join(folder, "kept.cad3")).equals(before)).toBe(true);
  });

  test("refuses what makes no network", async () => {
    const twice = await genesis("--out", "x", "--keys", `${first},${first}`);
    expect(twice.exitCode).toBe(64);
    expect(twice.stderr).toContain("Two peers have the same public key");
    const nowhere = await genesis("--out", "no/such/folder", "--keys", first);
    expect(nowhere.exitCode).toBe(73);
    expect(nowhere.stderr).toContain("Cannot write no/such/folder: there is no such folder");
    const none = await genesis("--out", "x", "--data-dir", "empty");
    expect(none.exitCode).toBe(78);
    expect(none.stderr).toContain("holds no key: say which keys the peers have with --keys");
    const wrongs = [
      ["--keys", "12"],
      ["--keys", `${first},`],
      ["--keys", first, "--timestamp", "now"],
      ["--keys", first, "--timestamp", "-1"],
      ["--keys", first, "--governance", "x"],
    ] as const;
    const outcomes = await Promise.all(wrongs.map((wrong) => genesis("--out", "x", ...wrong)));
    // A key that is none is data, as for all commands.
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([65, 65, 64, 64, 65]);
    expect(outcomes[0]?.stderr).toContain("Expected a public key of 64 hex digits, found '12'");
    expect((await genesis("--keys", first)).exitCode).not.toBe(0);
  });
});
