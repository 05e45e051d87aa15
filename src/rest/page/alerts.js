// What an operator should know of at a glance, from health and figures. docs/monitoring/alerts.yml
// has the same rules for Prometheus.

import { bytes, duration } from "./format.js";

const DISK_LOW_BYTES = 2_000_000_000;
const MEMORY_HIGH_BYTES = 1_500_000_000;
const BEHIND_SECONDS = 10;

/** @returns [severity, sentence] each; severity is bad or warn */
export function alerts({ health, figures, trouble }) {
  const found = [];
  const figure = (name) => figures?.get(name) ?? null;
  if (trouble !== null) found.push(["bad", `The peer can't be reached: ${trouble.message}`]);
  if (health?.status === "not ready")
    found.push(["bad", `Not ready: ${health.reason ?? "see the log"}`]);
  if (health?.status === "syncing") {
    found.push(["warn", `Syncing: ${health.backlog} final blocks are not executed yet`]);
  }
  if (health?.stale) found.push(["bad", "Stale: the State shown here may be old"]);
  if (health?.secondsBehind > BEHIND_SECONDS) {
    found.push(["warn", `Behind by ${duration(health.secondsBehind)}`]);
  }
  if (figure("convex_disagreeing_peers") > 0) {
    found.push(["bad", "Other peers report another State at the same position"]);
  }
  const free = figure("convex_disk_free_bytes");
  if (free !== null && free < DISK_LOW_BYTES)
    found.push(["bad", `Only ${bytes(free)} of disk left`]);
  const memory = figure("process_resident_memory_bytes");
  if (memory > MEMORY_HIGH_BYTES)
    found.push(["warn", `The process holds ${bytes(memory)} of memory`]);
  return found;
}
