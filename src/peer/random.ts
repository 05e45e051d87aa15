// Chance as the peer sees it, injected so that simulations have their own.

import { randomBytes } from "node:crypto";

export interface Random {
  /** At least 0, less than 1. */
  number(): number;
  bytes(count: number): Uint8Array;
}

export const SYSTEM_RANDOM: Random = {
  number: () => Math.random(),
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
