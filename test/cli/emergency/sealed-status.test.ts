// What is asked in a sealed data directory is answered with the seal, and what to do about it.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeToStart } from "../../../src/cli/emergency/sealing.ts";
import { placesOf } from "../../../src/cli/files/data-folder.ts";
import { OperatorSocket } from "../../../src/peer/operator/operator-socket.ts";
import { command } from "../in-process.ts";
import { publicKey } from "../network-scene.ts";

const [UNAVAILABLE, PEER, NOW] = [69, publicKey(0), new Date(0)];
const root = mkdtempSync(join(tmpdir(), "convex-sealed-"));
afterAll(() => rmSync(root, { recursive: true }));

const STATUS = {
  ...{ peer: PEER, genesis: "0x1", state: "0x2", isStale: false, position: 0, backlog: 0 },
  ...{ points: [0, 0, 0, 0], stateAgeMs: 0, outgoing: 0, wantedOutgoing: 0, incoming: 0 },
  ...{ disagreeing: 0, role: "voter", obstacle: null, isReady: true, process: {} },
};

/** A peer that runs in the folder while `work` goes on. */
async function withPeer(work: () => Promise<void>): Promise<void> {
  const handle = () => ({ ok: true, result: STATUS }) as const;
  const socket = new OperatorSocket(join(root, "operator.sock"), { handle });
  try {
    await work();
  } finally {
    socket.close();
  }
}

const FIX =
  `sealed in an emergency on ${NOW.toISOString()}: take a new key on a clean machine; to undo it, ` +
  `remove ${join(root, "sealed.json")} and rename the key`;

test("where no peer runs, nobody says to start it", async () => {
  const before = await command("status", "--data-dir", root);
  expect(before.stderr).toContain("start it, or name its --data-dir");
  closeToStart(placesOf(root), PEER, NOW);
  for (const words of [["status"], ["health"], ["peers", "list"], ["log-level"]]) {
    const { exitCode, stderr } = await command(...words, "--data-dir", root);
    expect(stderr).toBe(`convex-peer: No peer runs in ${root}, which was ${FIX}\n`);
    expect(exitCode).toBe(UNAVAILABLE);
  }
});

test("where it runs all the same, that is said", async () => {
  closeToStart(placesOf(root), PEER, NOW);
  const told = `it was ${FIX}. It runs all the same: \`convex-peer emergency\` stops it\n`;
  const json = async (...words: string[]) =>
    JSON.parse((await command(...words, "--json", "--data-dir", root)).stdout);
  await withPeer(async () => {
    expect((await command("status", "--data-dir", root)).stdout).toContain(`SEALED       ${told}`);
    const health = (await command("health", "--data-dir", root)).stdout;
    expect(health).toBe(`ready: takes part. SEALED: ${told}`);
    expect([(await json("status")).sealed, (await json("health")).sealed]).toEqual([true, true]);
    rmSync(join(root, "sealed.json"));
    expect((await command("status", "--data-dir", root)).stdout).not.toContain("SEALED");
    expect((await command("health", "--data-dir", root)).stdout).toBe("ready: takes part\n");
    expect((await json("health")).sealed).toBe(false);
  });
});
