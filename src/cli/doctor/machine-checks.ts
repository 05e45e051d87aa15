// The machine: what a peer needs of it.

import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { freemem, networkInterfaces, totalmem } from "node:os";
import { join } from "node:path";
import { STORE_FILE } from "../../store/sqlite-store.ts";
import { StoreError } from "../../store/store.ts";
import { isThere } from "../files/file-presence.ts";
import { readStore } from "../store/open-store.ts";
import { type Check, type Finding, fail, ok, skip, warn } from "./check.ts";
import type { DoctorScene } from "./scene.ts";

const MEGABYTE = 1 << 20;
const GIGABYTE = 1 << 30;
const DISK_LOW_BYTES = GIGABYTE;
const DISK_ADVISED_BYTES = 5 * GIGABYTE;
const INODES_LOW = 10_000;
/** Loaded, a peer takes some 250 MB. */
const MEMORY_LOW_BYTES = 128 * MEGABYTE;
const MEMORY_ADVISED_BYTES = 300 * MEGABYTE;
const FILES_LOW = 1_024;
/** Each client and each peer takes one. */
const FILES_ADVISED = 4_096;
const SYNC_SLOW_MS = 20;
const SYNC_BAD_MS = 200;
const SYNC_ROUNDS = 5;
const SYNC_BYTES = 4096;
const LOOP_ROUNDS = 3;
const LOOP_STEPS = 400_000;
/** How much work of this process the compiler is waited for, and how long at most. */
const LOOP_PATIENCE_WORK_MS = 1_000;
const LOOP_PATIENCE_MS = 10_000;
/** Compiled code takes 1 to 5 ns, interpreted code 22 on the fastest machine seen, and 60. */
const LOOP_SLOW_NS = 10;
const WAL_LARGE_BYTES = 512 * MEGABYTE;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;

const gigabytes = (bytes: number) => `${(bytes / GIGABYTE).toFixed(1)} GB`;

function disk({ folder: { root } }: DoctorScene): Finding {
  if (!isThere(root)) return skip("no data directory");
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const fix = "give it a larger disk, or remove what else lies there";
  if (free < DISK_LOW_BYTES) return fail(`${gigabytes(free)} free`, fix);
  return free < DISK_ADVISED_BYTES
    ? warn(`${gigabytes(free)} free`, fix)
    : ok(`${gigabytes(free)} free`);
}

function inodes({ folder: { root } }: DoctorScene): Finding {
  if (!isThere(root)) return skip("no data directory");
  const { files, ffree } = statfsSync(root);
  if (files === 0) return ok("this file system does not count them");
  if (ffree >= INODES_LOW) return ok(`${ffree} free`);
  return warn(`${ffree} free`, "remove small files from this file system");
}

/** What durable writes cost: every transaction waits for one. */
function diskSync({ folder: { root } }: DoctorScene): Finding {
  if (!isThere(root)) return skip("no data directory");
  const path = join(root, `doctor-${process.pid}.tmp`);
  const fd = openSync(path, "w", 0o600);
  const times: number[] = [];
  try {
    const bytes = new Uint8Array(SYNC_BYTES);
    for (let i = 0; i < SYNC_ROUNDS; i++) {
      const begun = performance.now();
      writeSync(fd, bytes);
      fdatasyncSync(fd);
      times.push(performance.now() - begun);
    }
  } catch (error) {
    // The system's error, with the path that it leaves out.
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  } finally {
    closeSync(fd);
    rmSync(path, { force: true });
  }
  const median = times.sort((a, b) => a - b)[SYNC_ROUNDS >> 1] ?? 0;
  const text = `${median.toFixed(1)} ms for a durable write`;
  const fix = "use a local SSD, not a network disk or a memory card";
  if (median > SYNC_BAD_MS) return fail(text, fix);
  return median > SYNC_SLOW_MS ? warn(text, fix) : ok(text);
}

function availableMemory(): number {
  if (!isThere("/proc/meminfo")) return freemem();
  const kilobytes = /MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

function memory(): Finding {
  const available = availableMemory();
  const text = `${gigabytes(available)} of ${gigabytes(totalmem())} available`;
  const fix = "stop other programs, or take a larger machine: a loaded peer needs 250 MB";
  if (available < MEMORY_LOW_BYTES) return fail(text, fix);
  return available < MEMORY_ADVISED_BYTES ? warn(text, fix) : ok(text);
}

async function openFiles({ own }: DoctorScene): Promise<Finding> {
  const pid = (await own)?.process.pid;
  const path = `/proc/${pid ?? "self"}/limits`;
  if (!isThere(path)) return skip("this system does not tell");
  const limit = /Max open files\s+(\d+|unlimited)/.exec(readFileSync(path, "utf8"))?.[1];
  const files = limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit ?? 0);
  const text = `at most ${limit}`;
  const fix = "LimitNOFILE=65536 in the unit, or `ulimit -n 65536` before `start`";
  if (files < FILES_LOW) return fail(text, fix);
  return files < FILES_ADVISED ? warn(text, fix) : ok(text);
}

/**
 * A loop of integers, which the just-in-time compiler makes fast: on a machine with much to do only
 * once it has had its turn.
 */
function loopNanoseconds(): number {
  let best = Number.POSITIVE_INFINITY;
  let sum = 1;
  const endMs = performance.now() + LOOP_PATIENCE_MS;
  // Not what others do meanwhile.
  const before = process.cpuUsage();
  const isWorthIt = () => {
    const { user, system } = process.cpuUsage(before);
    const workMs = (user + system) / MICROSECONDS;
    return workMs < LOOP_PATIENCE_WORK_MS && performance.now() < endMs;
  };
  const isSlow = () => best / LOOP_STEPS >= LOOP_SLOW_NS && isWorthIt();
  for (let round = 0; round < LOOP_ROUNDS || isSlow(); round++) {
    const begun = performance.now();
    for (let i = 0; i < LOOP_STEPS; i++) sum = (sum * 31 + i) | 0;
    best = Math.min(best, (performance.now() - begun) * NANOSECONDS);
  }
  return (best + (sum === 0 ? 1 : 0)) / LOOP_STEPS;
}

function compiler(): Finding {
  const step = loopNanoseconds();
  const text = `${step.toFixed(1)} ns a step of a loop`;
  if (step < LOOP_SLOW_NS) return ok(text);
  const fix = "take MemoryDenyWriteExecute out of the unit: it switches the compiler off";
  return fail(`${text}: the just-in-time compiler is off, or the machine overloaded`, fix);
}

function ipv6(): Finding {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const outside = addresses.filter(({ internal }) => !internal);
  const has6 = outside.some(({ family, scopeid }) => family === "IPv6" && !scopeid);
  if (outside.length === 0) {
    return warn("no address but loopback", "connect the machine: other peers can't reach it");
  }
  return ok(has6 ? "IPv4 and IPv6" : "IPv4 alone, which is enough");
}

/** Why the store can't be opened, null when it can: what lies deeper is for `store check`. */
function storeFault(path: string): Finding | null {
  try {
    readStore(path).store.close();
    return null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return fail(error.message.replace(/\.$/, ""), "docs/recover.md says how a store is made again");
  }
}

function store({ folder: { root } }: DoctorScene): Finding {
  const path = join(root, STORE_FILE);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return skip("none yet: `start` makes it");
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const text = `${(size / MEGABYTE).toFixed(1)} MB, ${(wal / MEGABYTE).toFixed(1)} MB of log`;
  const fault = storeFault(path);
  if (fault !== null) return fault;
  if (wal < WAL_LARGE_BYTES) return ok(text);
  return warn(text, "restart the peer: a log this large was not taken over");
}

export const MACHINE_CHECKS: readonly Check<DoctorScene>[] = [
  { id: "disk", title: "disk space", run: disk },
  { id: "inodes", title: "inodes", run: inodes },
  { id: "disk-sync", title: "disk speed", run: diskSync },
  { id: "memory", title: "memory", run: memory },
  { id: "open-files", title: "open files", run: openFiles },
  { id: "compiler", title: "compiler", run: compiler },
  { id: "addresses", title: "addresses", run: ipv6 },
  { id: "store", title: "store", run: store },
];
