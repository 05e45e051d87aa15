// What goes on, kept for the charts and lists of the page: filled by the peer's events, and by a
// look at its health and figures every few seconds.

import * as api from "./api.js";

/** Seconds that the charts go back. */
export const CHART_SECONDS = 300;
const LOOK_MS = 3_000;
const BLOCKS_MAX = 50;

const listeners = new Set();

export const live = {
  status: null,
  health: null,
  figures: null,
  /** Latest first. */
  blocks: [],
  /** By second: [second, transactions, sum of delays in ms, blocks]. */
  seconds: [],
  /** Why nothing is heard, null while all is well. */
  trouble: null,
};

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

function secondOf(nowMs) {
  const second = Math.floor(nowMs / 1000);
  const last = live.seconds.at(-1);
  if (last?.[0] === second) return last;
  const made = [second, 0, 0, 0];
  live.seconds.push(made);
  while (live.seconds[0][0] < second - CHART_SECONDS) live.seconds.shift();
  return made;
}

function heard(event, data) {
  live.trouble = null;
  if (event === "status") live.status = data;
  if (event === "block") {
    const now = Date.now();
    live.blocks.unshift({ ...data, delayMs: Math.max(0, now - data.timestamp) });
    live.blocks.length = Math.min(live.blocks.length, BLOCKS_MAX);
    const second = secondOf(now);
    second[1] += data.transactionCount;
    second[2] += Math.max(0, now - data.timestamp);
    second[3] += 1;
  }
  tell();
}

async function look() {
  try {
    const [health, figures] = await Promise.all([api.readiness(), api.metrics()]);
    live.health = health;
    live.figures = figures;
    live.status ??= await api.get("status");
    live.trouble = null;
  } catch (error) {
    live.trouble = error;
  }
  tell();
}

async function latestBlocks() {
  const { count } = await api.get("blocks?limit=1");
  const offset = Math.max(0, count - 10);
  const { items } = await api.get(`blocks?offset=${offset}&limit=10`);
  live.blocks = items.reverse();
  tell();
}

let ending = null;

/** Begins to listen; once more with another token ends what was before. */
export function start() {
  ending?.abort();
  ending = new AbortController();
  const { signal } = ending;
  const lost = (error) => {
    live.trouble = error;
    tell();
  };
  void look();
  latestBlocks().catch(lost);
  void api.events("topics=blocks,status", heard, lost, signal);
  const timer = setInterval(look, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}
