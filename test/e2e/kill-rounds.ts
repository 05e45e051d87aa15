// Kills a peer with SIGKILL at random moments under load and compares what clients were told with
// what the restarted peer holds.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { existing, readCommandLine, wholeNumber } from "../../release/tool.ts";
import { PeerProcess } from "./peer-process.ts";
import { post, type ResultJson, TestAccount } from "./rest-client.ts";

const CLIENTS = 8;
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

/** A small generator, so that a run can be repeated from its seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Client {
  account: TestAccount;
  /** Highest value of `n` that a result confirmed, and the highest that was ever sent. */
  confirmed: number;
  sent: number;
}

async function load(client: Client, isRunning: () => boolean): Promise<number> {
  let confirmed = 0;
  while (isRunning()) {
    client.sent++;
    try {
      const result = await client.account.transact(`(def n ${client.sent})`);
      if (result.errorCode !== undefined) throw new Error(`refused: ${JSON.stringify(result)}`);
      client.confirmed = client.sent;
      confirmed++;
    } catch (error) {
      // A request that the kill cut short may have been executed or not; a refusal is a finding.
      if (isRunning() && error instanceof Error && error.message.startsWith("refused")) throw error;
    }
  }
  return confirmed;
}

async function compare(url: string, client: Client): Promise<string[]> {
  const { address } = client.account;
  const found = await post<ResultJson>(url, "query", { address, source: "(get *env* 'n 0)" });
  const n = Number(found.value);
  if (n >= client.confirmed && n <= client.sent) {
    client.confirmed = n;
    return [];
  }
  return [`#${address}: told ${client.confirmed}, sent ${client.sent}, found ${n}`];
}

export async function killRounds({ rounds, seed, binary }: KillOptions): Promise<KillReport> {
  const random = generator(seed);
  const dataDir = mkdtempSync(join(tmpdir(), "convex-peer-kill-"));
  const start = () => PeerProcess.start({ command: "start", binary, dataDir, extra: ["--faucet"] });
  let peer = await start();
  const clients: Client[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    clients.push({ account: await TestAccount.create(peer.url, i), confirmed: 0, sent: 0 });
  }
  let confirmed = 0;
  const lost: string[] = [];
  for (let round = 0; round < rounds; round++) {
    let running = true;
    const lanes = clients.map((client) => load(client, () => running));
    await Bun.sleep(ROUND_MS * (1 + random()));
    running = false;
    await peer.end("SIGKILL");
    confirmed += (await Promise.all(lanes)).reduce((sum, n) => sum + n, 0);
    peer = await start();
    for (const client of clients) {
      client.account = new TestAccount(peer.url, client.account.address, client.account.keyPair);
      lost.push(...(await compare(peer.url, client)));
    }
  }
  await peer.end();
  rmSync(dataDir, { recursive: true, force: true });
  return { rounds, confirmed, lost };
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
