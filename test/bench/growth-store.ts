// Memory and disk when the State is far larger than the cache: a State of 10^6 accounts in the
// SQLite store, the cell cache at 256 MB, 1,000 blocks of 1,000 transfers between random accounts,
// each written as the peer writes it. In a process of its own, whose resident memory is read every
// second.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import type { State } from "../../src/state/state.ts";
import { collectGarbage } from "../../src/store/cell-cache.ts";
import { STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { genesisState } from "./genesis-state.ts";
import { Draw, grown, transfers } from "./growth.ts";
import type { Bench } from "./main.ts";

const ACCOUNTS = 1_000_000;
/** Accounts added between two writes, so that building needs little memory too. */
const BUILD_STEP = 50_000;
const CACHE_MB = 256;
const BLOCKS = 1_000;
const TRANSFERS = 1_000;
const SAMPLE_MS = 1_000;
const ROOT = "state";
const MEGABYTE = 1 << 20;

/** What one run found. */
interface Figures {
  readonly residentMb: number;
  readonly startMb: number;
  readonly endMb: number;
  readonly blockMs: number;
}

function stateOf(store: Store): State {
  return store.cell(store.root(ROOT) as string) as State;
}

function fileMb(directory: string): number {
  return statSync(join(directory, STORE_FILE)).size / MEGABYTE;
}

function build(directory: string, genesisPath: string | undefined): void {
  const store = sqliteStore(directory, CVM_TABLE, CACHE_MB);
  let state = genesisState(genesisPath);
  while (state.accounts.count < ACCOUNTS) {
    state = grown(state, Math.min(state.accounts.count + BUILD_STEP, ACCOUNTS));
    // Every State that a peer writes has been measured: transactions pay for the difference.
    memorySize(state);
    store.write({ roots: [[ROOT, state]] });
    store.forget();
    state = stateOf(store);
  }
  store.close();
}

/** Applies the blocks, and lets other events in between two of them. */
async function run(directory: string): Promise<void> {
  const store = sqliteStore(directory, CVM_TABLE, CACHE_MB);
  const draw = new Draw();
  let state = stateOf(store);
  for (let block = 0; block < BLOCKS; block++) {
    state = transfers(state, draw, TRANSFERS);
    store.write({ roots: [[ROOT, state]] });
    // As DurableHistory.unpin does it.
    if (store.heldBytes > CACHE_MB * MEGABYTE) {
      store.forget();
      state = stateOf(store);
      collectGarbage();
    }
    await Bun.sleep(0);
  }
  store.close();
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

async function inChild(mode: "build" | "run", directory: string, genesis: string | undefined) {
  const path = genesis === undefined ? [] : [genesis];
  const program = [process.execPath, import.meta.path, mode, directory, ...path];
  const child = Bun.spawn(program, { stdout: "inherit", stderr: "inherit" });
  let peak = 0;
  const timer = setInterval(() => {
    if (child.exitCode === null) peak = Math.max(peak, residentMb(child.pid));
  }, SAMPLE_MS);
  const code = await child.exited;
  clearInterval(timer);
  if (code !== 0) throw new Error(`the ${mode} process ended with ${code}`);
  return peak;
}

async function measure(genesis: string | undefined): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), "convex-peer-bench-"));
  try {
    await inChild("build", directory, genesis);
    const startMb = fileMb(directory);
    const begun = performance.now();
    const residentMb = await inChild("run", directory, genesis);
    const blockMs = (performance.now() - begun) / BLOCKS;
    return { residentMb, startMb, endMb: fileMb(directory), blockMs };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** One run gives all of them. */
export function growthStoreBenches(genesis: string | undefined): Bench[] {
  let figures: Promise<Figures> | null = null;
  const bench = (name: string, unit: string, figure: (found: Figures) => number): Bench => ({
    name,
    unit,
    run: async () => {
      figures ??= measure(genesis);
      return figure(await figures);
    },
  });
  return [
    bench("growth-store", "MB", ({ residentMb }) => residentMb),
    bench("growth-store-file-before", "MB", ({ startMb }) => startMb),
    bench("growth-store-file-after", "MB", ({ endMb }) => endMb),
    bench("growth-store-block", "ms", ({ blockMs }) => blockMs),
  ];
}

if (import.meta.main) {
  const [mode, directory, genesis] = process.argv.slice(2) as [string, string, string | undefined];
  if (mode === "build") build(directory, genesis);
  else await run(directory);
}
