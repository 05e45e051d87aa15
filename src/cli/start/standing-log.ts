// What the log says of how the peer stands in consensus: each change, in the words of `health`.

import type { Clock } from "../../peer/clock.ts";
import { steadyOf } from "../../peer/clock.ts";
import type { PeerHealth } from "../../peer/health.ts";
import { lackAdvice } from "../contact/lack-advice.ts";
import { standingText } from "../contact/standing-text.ts";
import type { Log } from "../log/log.ts";

const LOOK_EVERY_MS = 1_000;
/** Who has just started has yet to find the others, and to catch up with them. */
const SETTLING_MS = 10_000;

type Standing = Pick<
  PeerHealth,
  "role" | "obstacle" | "isReady" | "lack" | "backlog" | "votingShare"
>;

/**
 * Looks once a second, until the answer is called. A peer that votes alone says nothing of it: it
 * has nobody to lose.
 * @param health how the peer is now
 */
export function logStanding(
  health: () => Standing,
  log: Pick<Log, "say">,
  clock: Clock,
): () => void {
  const steady = steadyOf(clock);
  const startMs = steady.now();
  let told: string | null = null;
  let seen: string | null = null;
  let cancel = () => {};
  const look = () => {
    cancel = steady.after(LOOK_EVERY_MS, look);
    const now = health();
    const { isReady, backlog } = now;
    const text = standingText(now);
    // Seconds and percentages that run are no news, and neither is what the next look finds gone.
    const kind = text.replace(/[\d.]+/g, "");
    const lasts = kind === seen;
    seen = kind;
    if (kind === told || !lasts) return;
    const isSettling = told === null && (steady.now() - startMs < SETTLING_MS || backlog > 0);
    if (!isReady && isSettling) return;
    const isAlone = told === null && isReady && now.votingShare >= 1;
    const advice = lackAdvice(now);
    const words = isReady || advice === null ? text : `${text}. ${advice}`;
    if (!isAlone) log.say("peer", isReady ? "info" : "warn", words);
    told = kind;
  };
  look();
  return () => cancel();
}
