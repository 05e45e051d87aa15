// Power cuts under load: what clients were told is held against what the peer has when the power is
// back. In two of three rounds a collection or a backup is under way.

import { join } from "node:path";
import { OPERATOR_SOCKET } from "../../src/cli/files/data-folder.ts";
import type { PeerHealth } from "../../src/peer/health.ts";
import { askPeer } from "../../src/peer/operator/operator-socket.ts";
import { ConfirmedLoad, generator } from "../e2e/confirmed-load.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { until } from "../interop/agreement.ts";
import { runCommand } from "./commands.ts";
import { PowerCut } from "./power-cut.ts";

/** A round lasts at least so long, in ms, and at most twice that. */
const ROUND_MS = 600;
/** Longest wait for what was in blocks, in seconds. */
const EXECUTED_S = 60;
const WORK = ["none", "gc", "backup"] as const;

export interface LoadReport {
  readonly cuts: number;
  /** Transactions whose success a client was told. */
  readonly confirmed: number;
  /** Sentences about what was told and is not there. */
  readonly lost: readonly string[];
}

export async function loadRounds(
  rounds: number,
  seed: number,
  binary: string | undefined,
): Promise<LoadReport> {
  const random = generator(seed);
  const disk = new PowerCut();
  const dataDir = join(disk.path, "data");
  const backup = join(disk.path, "backup");
  const start = () => PeerProcess.start({ command: "start", binary, dataDir, extra: ["--faucet"] });
  let peer = await start();
  const load = await ConfirmedLoad.create(peer.url);
  const lost: string[] = [];
  for (let round = 0; round < rounds; round++) {
    load.begin();
    const work = WORK[round % WORK.length];
    await Bun.sleep(ROUND_MS * random());
    const words = work === "backup" ? ["backup", backup] : ["gc", "--history", "1s"];
    const command =
      work === "none" ? null : runCommand(binary, ["store", ...words, "--data-dir", dataDir]);
    await Bun.sleep(ROUND_MS * (0.4 + random()));
    // A sync that is under way as the power goes succeeds now and then all the same: a machine
    // without power tells nobody.
    load.stop(false);
    const isBackedUp = work === "backup" && command?.process.exitCode === 0;
    disk.cut();
    await peer.end("SIGKILL");
    command?.process.kill("SIGKILL");
    await command?.outcome;
    await load.over();
    disk.restore();
    peer = await start();
    // What was in a block before the cut may be executed only now.
    await until("all blocks are executed", EXECUTED_S, () => hasExecutedAll(dataDir));
    lost.push(...(await load.compare(peer.url)).map((sentence) => `${work}: ${sentence}`));
    if (isBackedUp) lost.push(...(await restored(disk, backup, binary, round)));
  }
  await peer.end();
  lost.push(...(await checked(dataDir, binary)));
  disk.remove();
  return { cuts: rounds, confirmed: load.confirmed, lost };
}

async function hasExecutedAll(dataDir: string): Promise<boolean> {
  const reply = await askPeer(join(dataDir, OPERATOR_SOCKET), { command: "status" });
  if (!reply.ok) return false;
  const { backlog, unfinished } = reply.result as Pick<PeerHealth, "backlog" | "unfinished">;
  return backlog === 0 && unfinished === 0;
}

/** A backup that was said to be done before the cut can be restored. */
async function restored(disk: PowerCut, backup: string, binary: string | undefined, round: number) {
  const dataDir = join(disk.path, `restored-${round}`);
  const words = ["store", "restore", backup, "--verify", "--data-dir", dataDir];
  const { code, text } = await runCommand(binary, words).outcome;
  return code === 0 ? [] : [`a finished backup was not restored: ${text}`];
}

async function checked(dataDir: string, binary: string | undefined): Promise<string[]> {
  const { code, text } = await runCommand(binary, ["store", "check", "--data-dir", dataDir])
    .outcome;
  return code === 0 ? [] : [`the store is not sound: ${text}`];
}
