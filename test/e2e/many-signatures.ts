// `bun many-signatures.ts BINARY`: whether an executable starts its thread for signatures when
// clients send as many transfers at once as take one, and what became of them. A machine too slow
// for so many in time needs no thread, and is told so.

import { readdirSync, readFileSync } from "node:fs";
import { PeerClient } from "../../src/cli/contact/peer-client.ts";
import { Address } from "../../src/data/address.ts";
import { SignedData } from "../../src/data/signed.ts";
import { print } from "../../src/lang/printer.ts";
import { THREAD_START_SIGNATURES, THREAD_WINDOW_MS } from "../../src/peer/bounds.ts";
import { Transfer } from "../../src/state/transaction.ts";
import { notRun } from "../not-run.ts";
import { PeerProcess } from "./peer-process.ts";
import { TestAccount } from "./rest-client.ts";

/** Together thrice as many as start it: some come alone, or behind the end of its window. */
const SENDERS = 3;
const BURSTS_MAX = 5;
const RESULT_MS = 60_000;

export interface ManySignatures {
  readonly hasThread: boolean;
  /** Whether it had to start: all came within the time for fewer. */
  readonly isDue: boolean;
  readonly executed: number;
  readonly failed: Readonly<Record<string, number>>;
}

/** Threads of a process by name, as Linux has them. */
function threadNames(pid: number): string[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").trim());
}

/** Transfers of an account that has sent `before` of them. */
function transfersOf({ address, keyPair }: TestAccount, before: number): SignedData[] {
  const from = Address.of(address);
  return Array.from({ length: THREAD_START_SIGNATURES }, (_, i) =>
    SignedData.sign(keyPair, Transfer.of(from, before + i + 1, Address.of(13), 1)),
  );
}

/** What came of a transaction: "ok", or its error. */
async function outcomeOf(client: PeerClient, signed: SignedData): Promise<string> {
  try {
    const { isError, error } = await client.submit(signed, RESULT_MS);
    return isError ? String(print(error)) : "ok";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Sends all at once, those of each account on a connection of its own. */
async function burst(port: number, lanes: readonly (readonly SignedData[])[]): Promise<string[]> {
  const clients = await Promise.all(
    lanes.map(() => PeerClient.connect({ host: "127.0.0.1", port })),
  );
  try {
    const sent = clients.flatMap((client, i) =>
      (lanes[i] as readonly SignedData[]).map((signed) => outcomeOf(client, signed)),
    );
    return await Promise.all(sent);
  } finally {
    for (const client of clients) client.close();
  }
}

/** Loads a peer until it has the thread. */
export async function loadForThread(binary?: string): Promise<ManySignatures> {
  const peer = await PeerProcess.start({ command: "local", binary });
  try {
    const accounts: TestAccount[] = [];
    for (let i = 0; i < SENDERS; i++) accounts.push(await TestAccount.create(peer.url, i));
    const counts: Record<string, number> = {};
    let hasThread = false;
    let isDue = false;
    for (let i = 0; i < BURSTS_MAX && !hasThread; i++) {
      const before = i * THREAD_START_SIGNATURES;
      const lanes = accounts.map((account) => transfersOf(account, before));
      const begunMs = performance.now();
      for (const outcome of await burst(peer.peerPort, lanes)) {
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
      isDue ||= performance.now() - begunMs < THREAD_WINDOW_MS;
      hasThread = threadNames(peer.pid).includes("Worker");
    }
    const { ok = 0, ...failed } = counts;
    return { hasThread, isDue, executed: ok, failed };
  } finally {
    await peer.end();
    peer.removeData();
  }
}

if (import.meta.main) {
  const { hasThread, isDue, executed, failed } = await loadForThread(process.argv[2]);
  const seen = `${executed} transfers, failed ${JSON.stringify(failed)}`;
  if (executed === 0 || (isDue && !hasThread)) {
    process.stdout.write(`the peer has started no thread for signatures: ${seen}\n`);
    process.exit(1);
  }
  if (hasThread) process.stdout.write(`a thread for signatures: ${seen}\n`);
  else notRun(`the thread for signatures; it starts at more a second than here: ${seen}`);
}
