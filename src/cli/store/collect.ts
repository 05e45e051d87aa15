// `store gc`: the copy is built here, in a process of its own with the lowest priority; the running
// peer only does the first and the last step. Without a running peer this process does all of it.

import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { firstInWindow, withoutFirst } from "../../peer/history/history-window.ts";
import { recordBatch, recordKey } from "../../peer/history/peer-record.ts";
import { anyRecord } from "../../peer/history/record-check.ts";
import type { OperatorReply } from "../../peer/operator/operator-commands.ts";
import { askPeer, SilentPeerError } from "../../peer/operator/operator-socket.ts";
import type { StoreCommand } from "../../peer/operator/store-commands.ts";
import { Collection } from "../../store/collection.ts";
import { requireRoomToCopy } from "../../store/free-space.ts";
import { storeErrorOf } from "../../store/sqlite-error.ts";
import { BUILD_FILE, removeDatabase, STORE_FILE } from "../../store/sqlite-file.ts";
import type { Store } from "../../store/store.ts";
import { lastHolder, StoreLock } from "../../store/store-lock.ts";
import type { Adopted, StoreUpkeep } from "../../store/store-upkeep.ts";
import { sealAdvice } from "../emergency/sealing.ts";
import { CommandError, EXIT } from "../failure.ts";
import { OPERATOR_SOCKET } from "../files/data-folder.ts";
import { Copying } from "./copying.ts";
import { openStore } from "./open-store.ts";

/** The peer answers between two passes, and with a damaged disk not at all. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A wait that lasts longer is told of. */
const TELL_AFTER_MS = 3_000;
/** How long the last step is tried again while somebody else reads the store. */
const ADOPT_TIMEOUT_MS = 600_000;
const ADOPT_PAUSE_MS = 1_000;
const SECOND_MS = 1_000;

export interface Collected extends Adopted {
  readonly online: boolean;
  readonly cells: number;
}

/** Who does the first and last step: the running peer, or this process. */
interface Holder {
  begin(): Promise<void>;
  note(): Promise<string>;
  adopt(): Promise<Adopted>;
}

/** How the peer is waited for, each in ms, and whoever hears that it is. */
export interface Patience {
  readonly answerMs: number;
  readonly tellAfterMs: number;
  readonly tell: (text: string) => void;
}

function usualPatience(tell: (text: string) => void): Patience {
  return { answerMs: ANSWER_TIMEOUT_MS, tellAfterMs: TELL_AFTER_MS, tell };
}

const seconds = (ms: number) => `${Math.round(ms / SECOND_MS)} s`;

/** Runs `work`, which may take so long, and says that it is waited for once it takes its time. */
async function waitedFor<T>(
  whom: string,
  mostMs: number,
  { tell, tellAfterMs }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  const told = `waiting for ${whom}, already for ${seconds(tellAfterMs)}; for ${seconds(mostMs)} at most`;
  const timer = setTimeout(() => tell(told), tellAfterMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** The peer that has the store; what hangs is named with its process. */
export function runningPeer(folder: string, patience: Patience): Holder {
  const { answerMs } = patience;
  const path = join(folder, OPERATOR_SOCKET);
  const pid = lastHolder(folder);
  const peer = `the peer${pid === null ? "" : ` (process ${pid})`}`;
  const named = (error: unknown) => {
    throw error instanceof SilentPeerError
      ? new SilentPeerError(path, pid, sealAdvice(folder))
      : error;
  };
  const ask = async (command: StoreCommand): Promise<unknown> => {
    const reply: OperatorReply = await waitedFor(peer, answerMs, patience, () =>
      askPeer(path, { command }, answerMs).catch(named),
    );
    if (reply.ok) return reply.result;
    throw new CommandError(EXIT.TEMPFAIL, reply.error);
  };
  return {
    begin: async () => {
      await ask("store-begin");
    },
    note: async () => (await ask("store-note")) as string,
    adopt: () => untilAlone(patience, async () => (await ask("store-adopt")) as Adopted),
  };
}

/** Tries again while another process reads the store. */
async function untilAlone({ tell }: Patience, adopt: () => Promise<Adopted>): Promise<Adopted> {
  const endMs = performance.now() + ADOPT_TIMEOUT_MS;
  let isTold = false;
  for (;;) {
    try {
      return await adopt();
    } catch (error) {
      const isRead = error instanceof Error && error.message.includes("Another process reads");
      if (!isRead || performance.now() > endMs) throw error;
      if (!isTold)
        tell(
          `another process reads the store: waiting for it, for ${seconds(ADOPT_TIMEOUT_MS)} at most`,
        );
      isTold = true;
      await Bun.sleep(ADOPT_PAUSE_MS);
    }
  }
}

function ownStore(store: Store, windowMs: number | null): Holder {
  const upkeep = store.upkeep as StoreUpkeep;
  return {
    begin: async () => {
      const stored = anyRecord(store);
      const key = recordKey(store);
      if (stored === null || key === null || windowMs === null) return;
      const { record } = stored;
      const first = firstInWindow(record.results, windowMs, Date.now());
      const results = withoutFirst(record.results, first);
      if (results === record.results) return;
      store.write(recordBatch({ ...stored, record: { ...record, results } }, key, []));
    },
    note: async () => upkeep.noteRecent(),
    // The store is closed next, which gives the space of what was collected back.
    adopt: async () => upkeep.adopt(),
  };
}

async function collectFor(holder: Holder, folder: string, copying: Copying) {
  await holder.begin();
  const path = join(folder, STORE_FILE);
  const buildPath = join(folder, BUILD_FILE);
  const collection = new Collection(path, buildPath);
  const total = collection.sourceCells;
  const pause = async ({ cells, bytes }: { cells: number; bytes: number }) => {
    requireRoomToCopy(folder);
    await copying.show({ done: cells, total, unit: "cells", bytes });
  };
  try {
    await collection.rounds(pause);
    await collection.finish(await holder.note(), pause);
    const adopted = await holder.adopt();
    return { ...adopted, cells: collection.progress.cells };
  } catch (error) {
    collection.close();
    removeDatabase(buildPath);
    throw error;
  } finally {
    copying.end();
  }
}

/**
 * Collects the store in a folder, whether its peer runs or not.
 * @param windowMs how long the history is kept when no peer runs (a running one has its own); null:
 * all
 */
export async function collect(
  folder: string,
  windowMs: number | null,
  json: boolean,
): Promise<Collected> {
  requireRoomToCopy(folder);
  setPriority(constants.priority.PRIORITY_LOW);
  return await collectingAlone(folder, () => collectAny(folder, windowMs, json));
}

/** Nobody else builds a copy in this folder meanwhile. @throws StoreError BUSY, CommandError */
export async function collectingAlone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  let lock: StoreLock;
  try {
    lock = StoreLock.acquireCollection(folder);
  } catch (error) {
    throw storeErrorOf(error, join(folder, STORE_FILE));
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function collectAny(
  folder: string,
  windowMs: number | null,
  json: boolean,
): Promise<Collected> {
  const store = openStore(folder);
  const copying = new Copying("collecting", json);
  if (store === null) {
    const peer = runningPeer(
      folder,
      usualPatience((text) => copying.say(text)),
    );
    return { ...(await collectFor(peer, folder, copying)), online: true };
  }
  try {
    return { ...(await collectFor(ownStore(store, windowMs), folder, copying)), online: false };
  } finally {
    store.close();
  }
}
