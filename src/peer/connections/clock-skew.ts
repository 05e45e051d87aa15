// How far this peer's clock is from those of others.

import type { Neighbour } from "./neighbour.ts";

/**
 * The middle one of the differences to the clocks of others, in ms by which they are ahead; of two
 * middle ones the lesser. 0 when none is known.
 */
export function clockSkewMs(neighbours: Iterable<Pick<Neighbour, "clockSkewMs">>): number {
  const known = [...neighbours].map((each) => each.clockSkewMs);
  const sorted = known.filter((skewMs) => skewMs !== null).sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.abs(low) < Math.abs(high) ? low : high;
}
