// Kills a peer with SIGKILL at random moments under load and compares what clients were told with
// what the restarted peer holds.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { existing, readCommandLine, wholeNumber } from "../../release/tool.ts";
import { ConfirmedLoad, generator } from "./confirmed-load.ts";
import { PeerProcess } from "./peer-process.ts";

/** A round lasts at least so long, in ms, and at most twice that. */
const ROUND_MS = 400;

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly binary?: string | undefined;
}

export interface KillReport {
  readonly rounds: number;
  /** Transactions whose success a client was told. */
  readonly confirmed: number;
  /** Sentences about accounts that hold less than their client was told. */
  readonly lost: readonly string[];
}

export async function killRounds({ rounds, seed, binary }: KillOptions): Promise<KillReport> {
  const random = generator(seed);
  const dataDir = mkdtempSync(join(tmpdir(), "convex-peer-kill-"));
  const start = () => PeerProcess.start({ command: "start", binary, dataDir, extra: ["--faucet"] });
  let peer = await start();
  const load = await ConfirmedLoad.create(peer.url);
  const lost: string[] = [];
  for (let round = 0; round < rounds; round++) {
    load.begin();
    await Bun.sleep(ROUND_MS * (1 + random()));
    load.stop();
    await peer.end("SIGKILL");
    await load.over();
    peer = await start();
    lost.push(...(await load.compare(peer.url)));
  }
  await peer.end();
  rmSync(dataDir, { recursive: true, force: true });
  return { rounds, confirmed: load.confirmed, lost };
}

if (import.meta.main) {
  const tool = {
    command: "bun run test/e2e/kill-rounds.ts",
    usage: `[--rounds N] [--seed S] [--binary FILE]

  --rounds N     how often the peer is killed (20)
  --seed S       what the moments come from (1)
  --binary FILE  the executable to start the peer from; the sources when it is left out`,
    flags: { rounds: "text", seed: "text", binary: "text" },
  } as const;
  const options = readCommandLine(tool, ({ values }) => ({
    rounds: wholeNumber(values.rounds ?? "20", "--rounds", 1),
    seed: wholeNumber(values.seed ?? "1", "--seed", 0),
    binary: existing(values.binary, "--binary"),
  }));
  const report = await killRounds(options);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(report.lost.length === 0 ? 0 : 1);
}
