// What the metrics are read from. Nothing here says who this peer is connected to (sheet 00 O21).

import type { PeerHealth } from "../../peer/health.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import type { DurationTally } from "../../store/duration-tally.ts";

/** What is known of a store since the start: its writes, and its collections. */
export interface StoreFigures {
  readonly writes: DurationTally;
  readonly collections: number;
  readonly last: {
    readonly bytesBefore: number;
    readonly bytesAfter: number;
    readonly pauseMs: number;
    readonly atMs: number;
  } | null;
}

/** The peer with what only its operator asks for. */
export interface MeasuredPeer extends PeerApi {
  readonly isVoting: boolean;
  /** Numbers of transactions that wait for a block, and for their Result. */
  readonly load: { readonly queued: number; readonly pending: number };
  /** What is known of its store, null for one in memory. */
  readonly upkeep: StoreFigures | null;
}

export interface MetricsSources {
  readonly version: string;
  readonly peer: MeasuredPeer;
  readonly health: () => PeerHealth;
  /** Queries and data requests that wait on connections of the binary protocol. */
  readonly messages: { readonly load: { readonly waitingQueries: number } };
  /** Bytes of cells in memory. */
  readonly store: { readonly heldBytes: number };
  /** Where the store is, null for one in memory. */
  readonly dataFolder: string | null;
  /**
   * When the API's certificate ends, in ms since 1970, 0 before there is one; null without HTTPS.
   */
  readonly certificateEndsMs?: (() => number) | null;
}
