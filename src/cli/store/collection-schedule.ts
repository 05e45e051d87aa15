// When a running peer has its store collected without being asked: once it has grown by a good part
// since the last time, and the time has come or the budget of the disk is passed. The work is
// another process's.

import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { type Clock, steadyOf } from "../../peer/clock.ts";
import { StoreError } from "../../store/store.ts";
import { sayAsLog } from "../log/notices.ts";
import { IS_COMPILED } from "../service/compiled.ts";

/** How often it is looked whether the time has come. */
export const LOOK_MS = 60_000;
/** Growth below which a collection is not worth reading everything for. */
export const GROWTH_MIN_BYTES = 64 * 2 ** 20;
const GROWTH_MIN_PART = 0.25;

export interface SchedulePolicy {
  /** Time between two collections in ms, null for no schedule. */
  readonly everyMs: number | null;
  /** Bytes from which on it is collected without waiting, null for none. */
  readonly budgetBytes: number | null;
}

export class CollectionSchedule {
  readonly #policy: SchedulePolicy;
  readonly #clock: Clock;
  readonly #bytes: () => number;
  readonly #collect: () => Promise<void>;
  #lastMs: number;
  #lastBytes: number;
  #isRunning = false;
  #cancel: () => void;

  /**
   * @param bytes size of the store
   * @param collect collects it; a failure is its own to report
   */
  constructor(
    policy: SchedulePolicy,
    clock: Clock,
    bytes: () => number,
    collect: () => Promise<void>,
  ) {
    this.#policy = policy;
    this.#clock = steadyOf(clock);
    this.#bytes = bytes;
    this.#collect = collect;
    this.#lastMs = this.#clock.now();
    // What was there at the start was collected before, as far as is known.
    this.#lastBytes = bytes();
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  /**
   * Null while it can't be looked at: others tell of a folder that is closed, a failing disk, or a
   * file that could not be opened again.
   */
  #sizeNow(): number | null {
    try {
      return this.#bytes();
    } catch (error) {
      const isSystems = error instanceof Error && "syscall" in error;
      if (isSystems || error instanceof StoreError) return null;
      throw error;
    }
  }

  #isDue(): boolean {
    const bytes = this.#sizeNow();
    if (bytes === null) return false;
    const grown = bytes - this.#lastBytes;
    if (grown < GROWTH_MIN_BYTES || grown < this.#lastBytes * GROWTH_MIN_PART) return false;
    const { everyMs, budgetBytes } = this.#policy;
    if (budgetBytes !== null && bytes > budgetBytes) return true;
    return everyMs !== null && this.#clock.now() - this.#lastMs >= everyMs;
  }

  #look(): void {
    if (!this.#isRunning && this.#isDue()) void this.#run();
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#look());
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#collect();
    } finally {
      this.#isRunning = false;
      this.#lastMs = this.#clock.now();
      this.#lastBytes = this.#sizeNow() ?? this.#lastBytes;
    }
  }
}

/** What runs now, also when its file has been replaced, or removed, since the peer has started. */
const SELF = "/proc/self/exe";

/** The program itself, as a command line. */
function ownProgram(): string[] {
  if (!IS_COMPILED) return [process.execPath, Bun.main];
  return [existsSync(SELF) ? SELF : process.execPath];
}

/** `store gc` of a folder, as a process of the lowest priority. @throws the system's error */
function startCollection(program: readonly string[], folder: string) {
  const child = Bun.spawn([...program, "store", "gc", "--data-dir", folder, "--json"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
}

/**
 * Collects the store of a folder in a process of its own. A machine without room for one is no
 * reason for the peer to end: it is said, and tried again when the time has come.
 */
export async function collectAside(folder: string, program = ownProgram()): Promise<void> {
  let child: ReturnType<typeof startCollection>;
  try {
    child = startCollection(program, folder);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    sayAsLog("peer", "warn", `The store was not collected: ${error.message}`);
    return;
  }
  const [text, said] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) {
    const why = said.trim().replace(/^convex-peer: /m, "");
    sayAsLog("peer", "warn", `The store was not collected: ${why}`);
    return;
  }
  const { bytesBefore, bytesAfter } = JSON.parse(text) as Record<string, number>;
  sayAsLog("peer", "info", `store collected: ${bytesBefore} bytes before, ${bytesAfter} now`);
}
