// `bun many-signatures.ts BINARY`: whether an executable starts its thread for signatures when a
// client sends transfers without a pause, and how many of them it executed.

import { readdirSync, readFileSync } from "node:fs";
import { THREAD_START_SIGNATURES } from "../../src/peer/bounds.ts";
import { load } from "../interop/load-client.ts";
import { PeerProcess } from "./peer-process.ts";
import { TestAccount } from "./rest-client.ts";

const LOAD_MS = 500;
const LOADS_MAX = 20;
const WINDOW = 500;

export interface ManySignatures {
  readonly hasThread: boolean;
  readonly executed: number;
  readonly failed: Record<string, number>;
}

/** Threads of a process by name, as Linux has them. */
function threadNames(pid: number): string[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").trim());
}

/** Loads a peer until it has the thread, for 10 s at most. */
export async function loadForThread(binary?: string): Promise<ManySignatures> {
  const peer = await PeerProcess.start({ command: "local", binary });
  try {
    const { address } = await TestAccount.create(peer.url, 0);
    const account = { address, seed: `${"0".repeat(63)}1` };
    let executed = 0;
    const failed: Record<string, number> = {};
    let hasThread = false;
    for (let i = 0; i < LOADS_MAX && !hasThread; i++) {
      const until = performance.now() + LOAD_MS;
      const outcome = await load("127.0.0.1", peer.peerPort, account, until, WINDOW);
      executed += outcome.ok;
      Object.assign(failed, outcome.failed);
      hasThread = threadNames(peer.pid).includes("Worker");
    }
    return { hasThread, executed, failed };
  } finally {
    await peer.end();
    peer.removeData();
  }
}

if (import.meta.main) {
  const { hasThread, executed, failed } = await loadForThread(process.argv[2]);
  const seen = `${executed} transfers, failed ${JSON.stringify(failed)}`;
  if (!hasThread || executed < THREAD_START_SIGNATURES) {
    process.stdout.write(`the peer has started no thread for signatures: ${seen}\n`);
    process.exit(1);
  }
  process.stdout.write(`a thread for signatures: ${seen}\n`);
}
