// What the metrics are read from. Nothing here says who this peer is connected to (sheet 00 O21).

import type { OrderProgress } from "../../peer/standing.ts";
import type { PeerApi } from "../../peer/peer-api.ts";

/** The peer with what only its operator asks for. */
export interface MeasuredPeer extends PeerApi {
  readonly progress: OrderProgress;
  readonly isVoting: boolean;
  readonly load: { readonly queued: number; readonly pending: number };
  /** Why transactions are refused, null when they are not. */
  obstacle(): string | null;
}

/** A peer that this one has a connection to. */
export interface MeasuredNeighbour {
  readonly isTrusted: boolean;
  readonly origin: { readonly direction: "incoming" | "outgoing" };
}

export interface MetricsSources {
  readonly version: string;
  readonly peer: MeasuredPeer;
  /** Connections of the binary protocol. */
  readonly messages: {
    readonly load: { readonly connections: number; readonly waitingQueries: number };
  };
  readonly neighbours: () => Iterable<MeasuredNeighbour>;
  /** Bytes of cells in memory. */
  readonly store: { readonly heldBytes: number };
  /** Where the store is, null for one in memory. */
  readonly dataFolder: string | null;
}
