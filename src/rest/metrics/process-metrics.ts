// Metrics of the process, the store and the connections.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { residentBytes } from "../../net/own-process.ts";
import { freeBytes } from "../../store/free-space.ts";
import { STORE_FILE } from "../../store/sqlite-store.ts";
import { StoreError } from "../../store/store.ts";
import { gauge } from "./gauge.ts";
import { Counter, Gauge, Histogram, type Registry } from "./prom.ts";
import type { MetricsSources } from "./sources.ts";
import { histogramSamples, tallied } from "./tallied.ts";

/** How often the delay of the event loop is looked at. */
const SAMPLE_MS = 100;
/** Seconds; the main thread must not be blocked for more than 0.1. */
const DELAY_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5];
const FD_FOLDER = "/proc/self/fd";

/** Size of a file, 0 where there is none, or none can be looked at. */
function fileBytes(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Other figures are wanted most when the disk fails.
    return 0;
  }
}

/** Bytes that may still be written where a folder is, 0 where that can't be told. */
function roomIn(folder: string): number {
  try {
    return freeBytes(folder);
  } catch (error) {
    if (error instanceof StoreError) return 0;
    throw error;
  }
}

function openFiles(): number {
  try {
    return readdirSync(FD_FOLDER).length;
  } catch {
    // No such folder outside Linux.
    return 0;
  }
}

function memoryMetrics(registry: Registry): void {
  gauge(registry, "process_resident_memory_bytes", "Memory of the process", residentBytes);
  gauge(
    registry,
    "process_heap_bytes",
    "Memory of JavaScript values",
    () => process.memoryUsage().heapUsed,
  );
  gauge(registry, "process_open_fds", "Open files and sockets", openFiles);
  const startedAt = Date.now() / 1000 - process.uptime();
  gauge(registry, "process_start_time_seconds", "Start, in seconds since 1970", () => startedAt);
  const used = new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time used",
    registers: [registry],
    collect: () => {
      const { user, system } = process.cpuUsage();
      used.reset();
      used.inc((user + system) / 1e6);
    },
  });
}

/** Answers what ends the sampling. */
function eventLoopMetrics(registry: Registry): () => void {
  const delay = new Histogram({
    name: "convex_event_loop_delay_seconds",
    help: `How late the event loop was, looked at every ${SAMPLE_MS} ms`,
    buckets: DELAY_BUCKETS,
    registers: [registry],
  });
  let due = performance.now() + SAMPLE_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    delay.observe(Math.max(0, now - due) / 1000);
    due = now + SAMPLE_MS;
  }, SAMPLE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function collectionMetrics(registry: Registry, { peer }: MetricsSources): void {
  const last = () => peer.upkeep?.last ?? null;
  gauge(
    registry,
    "convex_store_collections",
    "Collections of the store since the start",
    () => peer.upkeep?.collections ?? 0,
  );
  gauge(
    registry,
    "convex_store_collected_timestamp_seconds",
    "When the store was last collected since the start, 0 when it was not",
    () => (last()?.atMs ?? 0) / 1000,
  );
  gauge(
    registry,
    "convex_store_collected_bytes",
    "Bytes that the last collection gave back",
    () => {
      const { bytesBefore = 0, bytesAfter = 0 } = last() ?? {};
      return bytesBefore - bytesAfter;
    },
  );
  gauge(
    registry,
    "convex_store_collection_pause_seconds",
    "How long the peer did nothing else at the last collection",
    () => (last()?.pauseMs ?? 0) / 1000,
  );
}

function writeMetrics(registry: Registry, { peer }: MetricsSources): void {
  const name = "convex_store_write_seconds";
  tallied(registry, "histogram", name, "Time of a write to the store, until it is on disk", () => {
    const { upkeep } = peer;
    return upkeep === null ? [] : histogramSamples(name, upkeep.writes);
  });
}

function storeMetrics(registry: Registry, sources: MetricsSources): void {
  const { store, dataFolder } = sources;
  gauge(registry, "convex_store_held_bytes", "Bytes of cells in memory", () => store.heldBytes);
  if (dataFolder === null) return;
  collectionMetrics(registry, sources);
  writeMetrics(registry, sources);
  const path = join(dataFolder, STORE_FILE);
  gauge(registry, "convex_store_bytes", "Size of the store on disk", () => fileBytes(path));
  gauge(registry, "convex_store_wal_bytes", "Size of what is not copied into the store yet", () =>
    fileBytes(`${path}-wal`),
  );
  gauge(registry, "convex_disk_free_bytes", "Room left where the store is", () =>
    roomIn(dataFolder),
  );
}

function connectionMetrics(registry: Registry, { messages, health }: MetricsSources): void {
  gauge(
    registry,
    "convex_queries_waiting",
    "Queries and data requests that wait on connections of the binary protocol",
    () => messages.load.waitingQueries,
  );
  const connections = new Gauge({
    name: "convex_connections",
    help: "Connections of the binary protocol: to peers this one dialled, and all others",
    labelNames: ["direction"],
    registers: [registry],
    collect: () => {
      const { outgoing, incoming } = health();
      connections.set({ direction: "outgoing" }, outgoing);
      connections.set({ direction: "incoming" }, incoming);
    },
  });
}

function certificateMetrics(registry: Registry, { certificateEndsMs }: MetricsSources): void {
  if (certificateEndsMs == null) return;
  gauge(
    registry,
    "convex_certificate_expiry_timestamp_seconds",
    "When the API's certificate ends, in seconds since 1970; 0 before there is one",
    () => certificateEndsMs() / 1000,
  );
}

/** Answers what ends the sampling. */
export function processMetrics(registry: Registry, sources: MetricsSources): () => void {
  memoryMetrics(registry);
  storeMetrics(registry, sources);
  connectionMetrics(registry, sources);
  certificateMetrics(registry, sources);
  return eventLoopMetrics(registry);
}
