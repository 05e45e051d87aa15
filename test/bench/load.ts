// The API under load from another process: how much it answers, how long the slowest wait at 80 %
// of that, and whether transactions go on under a flood of queries.

import { PeerProcess } from "../e2e/peer-process.ts";
import { TestAccount } from "../e2e/rest-client.ts";
import type { LoadAccount, LoadOrder, LoadReport } from "./load/generator.ts";
import type { Bench } from "./main.ts";

const GENERATOR = `${import.meta.dir}/load/generator.ts`;
const QUERY_CONNECTIONS = 64;
const SUBMIT_CONNECTIONS = 64;
/** In open load a transfer that is due finds an account free: as many as may wait at a time. */
const SUBMIT_ACCOUNTS = 512;
const FLOOD_CONNECTIONS = 10 * QUERY_CONNECTIONS;
const WARM_UP_S = 10;
const PEAK_S = 8;
const STEADY_S = 10;
const STEADY_SHARE = 0.8;

/** Accounts are used in turns, since the sequences of each go on from run to run. */
class LoadedPeer {
  readonly peer: PeerProcess;
  #accounts = 0;

  constructor(peer: PeerProcess) {
    this.peer = peer;
  }

  static async with<T>(
    command: "start" | "local",
    binary: string | undefined,
    work: (loaded: LoadedPeer) => Promise<T>,
  ): Promise<T> {
    const extra = command === "start" ? ["--faucet"] : [];
    const peer = await PeerProcess.start({ command, binary, extra });
    try {
      return await work(new LoadedPeer(peer));
    } finally {
      await peer.end();
      peer.removeData();
    }
  }

  async accounts(count: number): Promise<LoadAccount[]> {
    const made: LoadAccount[] = [];
    for (let i = 0; i < count; i++) {
      const number = this.#accounts++;
      const { address } = await TestAccount.create(this.peer.url, number);
      const seed = (number + 1).toString(16).padStart(64, "0");
      made.push({ address, seed, sequence: 1 });
    }
    return made;
  }

  async load(order: Omit<LoadOrder, "port">): Promise<LoadReport> {
    const port = Number(new URL(this.peer.url).port);
    const given = JSON.stringify({ port, ...order });
    const child = Bun.spawn([process.execPath, GENERATOR, given], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const text = await new Response(child.stdout).text();
    if ((await child.exited) !== 0) throw new Error("the load client has failed");
    const report = JSON.parse(text) as LoadReport;
    if (report.failed > 0) throw new Error(`${report.failed} requests failed`);
    return report;
  }

  queries(seconds: number, rate = 0, connections = QUERY_CONNECTIONS): Promise<LoadReport> {
    return this.load({ seconds, rate, connections, accounts: [] });
  }

  async submits(seconds: number, rate = 0): Promise<LoadReport> {
    const connections = rate === 0 ? SUBMIT_CONNECTIONS : SUBMIT_ACCOUNTS;
    const accounts = await this.accounts(connections);
    return this.load({ seconds, rate, connections, accounts });
  }
}

async function steady(run: (seconds: number, rate?: number) => Promise<LoadReport>) {
  await run(WARM_UP_S);
  const peak = await run(PEAK_S);
  const at80 = await run(STEADY_S, Math.floor(peak.perSecond * STEADY_SHARE));
  const { p50Ms, p99Ms, maxMs, unsent, perSecond, clientMaxMs } = at80;
  process.stderr.write(
    `peak ${peak.perSecond.toFixed(0)}/s (p99 ${peak.p99Ms.toFixed(1)} ms); at ${perSecond.toFixed(0)}/s p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} max ${maxMs.toFixed(1)} ms, ${unsent} not sent, client away for up to ${clientMaxMs.toFixed(1)} ms\n`,
  );
  return p99Ms;
}

/** Serial transfers a second while queries come in as fast as they are answered. */
async function transfersInFlood(loaded: LoadedPeer): Promise<number> {
  const [account] = await loaded.accounts(1);
  await loaded.queries(WARM_UP_S);
  const flood = loaded.queries(STEADY_S, 0, FLOOD_CONNECTIONS);
  await Bun.sleep(1000);
  const accounts = account === undefined ? [] : [account];
  const serial = await loaded.load({ seconds: STEADY_S - 3, rate: 0, connections: 1, accounts });
  const { perSecond, p99Ms } = await flood;
  process.stderr.write(
    `flood ${perSecond.toFixed(0)}/s (p99 ${p99Ms.toFixed(1)} ms); transfers p50 ${serial.p50Ms.toFixed(1)} p99 ${serial.p99Ms.toFixed(1)} max ${serial.maxMs.toFixed(1)} ms\n`,
  );
  return serial.perSecond;
}

export function loadBenches(binary: string | undefined): Bench[] {
  const bench = (
    name: string,
    unit: string,
    work: (loaded: LoadedPeer) => Promise<number>,
    command: "start" | "local" = "local",
  ) => ({ name, unit, run: () => LoadedPeer.with(command, binary, work) });
  const submits = (loaded: LoadedPeer) => steady((s, rate) => loaded.submits(s, rate));
  return [
    bench("load-queries-p99", "ms", (loaded) => steady((s, rate) => loaded.queries(s, rate))),
    bench("load-submits-p99", "ms", submits),
    bench("load-disk-submits-p99", "ms", submits, "start"),
    bench("load-flood-transfers", "/s", transfersInFlood),
  ];
}
