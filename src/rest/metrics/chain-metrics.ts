// Metrics of consensus and execution.

import { isInteger } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { blockTimestamp, lagMs } from "../../peer/lag.ts";
import type { ExecutedBlock, ExecutedBlocks } from "../../peer/rounds/executed-blocks.ts";
import { Result } from "../../state/result.ts";
import { gauge } from "./gauge.ts";
import { Counter, Gauge, type Registry } from "./prom.ts";
import type { MetricsSources } from "./sources.ts";

const JUICE = Keyword.of("juice");
const LEVELS = ["known", "proposed", "consensus", "final"];

function orderMetrics(registry: Registry, { peer, health }: MetricsSources): void {
  const blocks = new Gauge({
    name: "convex_order_blocks",
    help: "Blocks of this peer's Order by how far they have come",
    labelNames: ["level"],
    registers: [registry],
    collect: () => {
      const { points } = health();
      for (const [i, level] of LEVELS.entries()) blocks.set({ level }, points[i] ?? 0);
    },
  });
  gauge(registry, "convex_position", "Blocks executed and on disk", () => peer.position);
  gauge(
    registry,
    "convex_backlog_blocks",
    "Final blocks that are not executed yet",
    () => health().backlog,
  );
  gauge(
    registry,
    "convex_seconds_behind",
    "Age of the oldest known block that is not executed; 0 when all are",
    () => lagMs(peer, Date.now()) / 1000,
  );
  gauge(registry, "convex_last_block_timestamp_seconds", "Time of the last executed block", () =>
    peer.position === 0 ? 0 : (blockTimestamp(peer, peer.position - 1) ?? 0) / 1000,
  );
}

const bit = (isSet: boolean) => (isSet ? 1 : 0);

function standingMetrics(registry: Registry, { peer, health }: MetricsSources): void {
  gauge(registry, "convex_ready", "1 while this peer does its part, as /readyz says", () =>
    bit(health().isReady),
  );
  gauge(registry, "convex_accepting", "1 while this peer takes transactions", () =>
    bit(health().obstacle === null),
  );
  gauge(registry, "convex_voting", "1 while this peer's key signs its Orders", () =>
    bit(peer.isVoting),
  );
  gauge(
    registry,
    "convex_peers",
    "Other peers there is a connection to, with proven keys",
    () => health().peers,
  );
  gauge(
    registry,
    "convex_disagreeing_peers",
    "Peers that report another State at the same position",
    () => health().disagreeing,
  );
  gauge(
    registry,
    "convex_transactions_queued",
    "Transactions that wait for a block",
    () => peer.load.queued,
  );
  gauge(
    registry,
    "convex_transactions_pending",
    "Transactions whose Result somebody waits for",
    () => peer.load.pending,
  );
  gauge(registry, "convex_accounts", "Accounts in the State", () => peer.state().accounts.count);
}

/** Counts what is executed from now on. */
function executionMetrics(registry: Registry, executed: ExecutedBlocks): void {
  const registers = [registry];
  const blocks = new Counter({
    name: "convex_blocks_total",
    help: "Blocks executed since the start",
    registers,
  });
  const transactions = new Counter({
    name: "convex_transactions_total",
    help: "Transactions executed since the start, by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const juice = new Counter({
    name: "convex_juice_total",
    help: "Juice used by transactions since the start",
    registers,
  });
  for (const outcome of ["success", "error"]) transactions.inc({ outcome }, 0);
  executed.subscribe(({ result }: ExecutedBlock) => {
    blocks.inc();
    for (const one of result.results ?? []) {
      if (!(one instanceof Result)) continue;
      transactions.inc({ outcome: one.isError ? "error" : "success" });
      const used = one.info?.get(JUICE) ?? null;
      if (isInteger(used)) juice.inc(Number(used));
    }
  });
}

/**
 * Adds `convex_…` metrics to the registry, once: a second time the names are taken. Counters go
 * from now on.
 */
export function chainMetrics(
  registry: Registry,
  sources: MetricsSources,
  executed: ExecutedBlocks,
): void {
  orderMetrics(registry, sources);
  standingMetrics(registry, sources);
  executionMetrics(registry, executed);
}
