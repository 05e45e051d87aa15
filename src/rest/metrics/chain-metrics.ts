// Metrics of consensus and execution.

import { Counter, Gauge, type Registry } from "prom-client";
import { Keyword } from "../../data/keyword.ts";
import { isInteger } from "../../data/integer.ts";
import type { ExecutedBlock, ExecutedBlocks } from "../../peer/executed-blocks.ts";
import { Block } from "../../state/block.ts";
import { Result } from "../../state/result.ts";
import { gauge } from "./gauge.ts";
import type { MeasuredPeer, MetricsSources } from "./sources.ts";

const JUICE = Keyword.of("juice");
const LEVELS = ["known", "proposed", "consensus", "final"];

/** Milliseconds since 1970 that a block gives as its time, null when it has none. */
function timestampAt(peer: MeasuredPeer, position: number): number | null {
  const block = peer.block(position)?.value;
  return block instanceof Block ? Number(block.timestamp) : null;
}

const secondsSince = (ms: number | null) => (ms === null ? 0 : Math.max(0, Date.now() - ms) / 1000);

function orderMetrics(registry: Registry, peer: MeasuredPeer): void {
  new Gauge({
    name: "convex_order_blocks",
    help: "Blocks of this peer's Order by how far they have come",
    labelNames: ["level"],
    registers: [registry],
    collect() {
      const { points } = peer.status();
      for (const [i, level] of LEVELS.entries()) this.set({ level }, points[i] ?? 0);
    },
  });
  gauge(registry, "convex_position", "Blocks executed and on disk", () => peer.position);
  gauge(
    registry,
    "convex_backlog_blocks",
    "Final blocks that are not executed yet",
    () => peer.progress.backlog,
  );
  gauge(
    registry,
    "convex_seconds_behind",
    "Age of the oldest known block that is not executed; 0 when all are",
    () => secondsSince(timestampAt(peer, peer.position)),
  );
  gauge(registry, "convex_last_block_age_seconds", "Age of the last executed block", () =>
    peer.position === 0 ? 0 : secondsSince(timestampAt(peer, peer.position - 1)),
  );
}

function standingMetrics(registry: Registry, peer: MeasuredPeer): void {
  gauge(registry, "convex_accepting", "1 while this peer takes transactions, 0 while it refuses", () =>
    peer.obstacle() === null ? 1 : 0,
  );
  gauge(registry, "convex_voting", "1 while this peer's key signs its Orders", () =>
    peer.isVoting ? 1 : 0,
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

export function chainMetrics(
  registry: Registry,
  { peer }: MetricsSources,
  executed: ExecutedBlocks,
): void {
  orderMetrics(registry, peer);
  standingMetrics(registry, peer);
  executionMetrics(registry, executed);
}
