// What every run is judged by. A checker sees an honest peer each time it has published or executed
// something, and complains of what must never be.

import type { SimPeer } from "../sim-peer.ts";

export interface Complaint {
  /** Name of the checker. */
  readonly rule: string;
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly what: string;
}

/** Takes a complaint. */
export type Complain = (rule: string, what: string) => void;

export interface Checker {
  /** An honest peer has a new Belief, or has executed blocks. */
  saw(peer: SimPeer): void;
}
