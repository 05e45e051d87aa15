// The peer as a process, through its HTTP API: start-up, memory, latency, throughput. With --binary
// the compiled executable, else the sources.

import { PeerProcess } from "../e2e/peer-process.ts";
import { TestAccount } from "../e2e/rest-client.ts";
import type { Bench } from "./main.ts";

const CONNECTIONS = 64;
const LOAD_MS = 10_000;
const SERIAL_COUNT = 200;
const IDLE_MS = 60_000;
const READY_RUNS = 5;

async function withLocal<T>(binary: string | undefined, work: (peer: PeerProcess) => Promise<T>) {
  const peer = await PeerProcess.start({ command: "local", binary });
  try {
    return await work(peer);
  } finally {
    await peer.end();
    peer.removeData();
  }
}

async function transfer(account: TestAccount): Promise<void> {
  const result = await account.transact("(transfer #11 1)");
  if (result.errorCode !== undefined) throw new Error(`transfer failed: ${JSON.stringify(result)}`);
}

async function serialMedian(peer: PeerProcess): Promise<number> {
  const account = await TestAccount.create(peer.url, 0);
  const times: number[] = [];
  for (let i = 0; i < SERIAL_COUNT; i++) {
    const start = performance.now();
    await transfer(account);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[SERIAL_COUNT / 2] as number;
}

async function loadRate(peer: PeerProcess): Promise<number> {
  const accounts: TestAccount[] = [];
  for (let i = 0; i < CONNECTIONS; i++) accounts.push(await TestAccount.create(peer.url, i));
  const start = performance.now();
  let done = 0;
  const lane = async (account: TestAccount) => {
    while (performance.now() - start < LOAD_MS) {
      await transfer(account);
      done++;
    }
  };
  await Promise.all(accounts.map(lane));
  return (done * 1000) / (performance.now() - start);
}

async function readyMs(binary: string | undefined): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < READY_RUNS; i++) {
    const peer = await PeerProcess.start({ command: "start", binary });
    best = Math.min(best, peer.readyMs);
    await peer.end();
    peer.removeData();
  }
  return best;
}

async function idleMb(binary: string | undefined): Promise<number> {
  const peer = await PeerProcess.start({ command: "start", binary });
  await Bun.sleep(IDLE_MS);
  const resident = peer.residentMb();
  await peer.end();
  peer.removeData();
  return resident;
}

export function apiBenches(binary: string | undefined): Bench[] {
  return [
    { name: "api-ready", unit: "ms", run: () => readyMs(binary) },
    { name: "api-rss-idle", unit: "MB", run: () => idleMb(binary) },
    { name: "api-serial-transfer-p50", unit: "ms", run: () => withLocal(binary, serialMedian) },
    { name: "api-transfers", unit: "/s", run: () => withLocal(binary, loadRate) },
  ];
}
