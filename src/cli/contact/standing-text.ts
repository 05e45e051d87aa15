// How a peer stands in consensus, in the words that status, health, watch and the log share.

import type { PeerHealth } from "../../peer/health.ts";

/**
 * What keeps a peer from taking part in consensus, or that it does; of an observer, whether it
 * follows.
 */
export function standingText({
  role,
  obstacle,
  isReady,
}: Pick<PeerHealth, "role" | "obstacle" | "isReady">): string {
  if (obstacle === null) return "takes part";
  if (role === "voter") return `does NOT take part: ${obstacle}`;
  return isReady ? `observer: ${obstacle}` : `observer, NOT following: ${obstacle}`;
}
