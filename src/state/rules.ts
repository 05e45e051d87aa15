// What may differ between releases of the network, chosen once a block from the network's release
// profile and the protocol version in the State (sheet 06 §8). The profile is configuration of the
// network, never of the machine. An entry exists only when some code asks it.

import type { Integer } from "../data/cell.ts";
import type { State } from "./state.ts";

/** Rules that hold while one block is applied. */
export interface Rules {
  /** Name of the release profile. */
  readonly profile: string;
  readonly protocolVersion: Integer;
  /** A Call transaction runs; in 0.8.5 it throws unless it was read (T26, sheet 06 §3.10). */
  readonly runsCall: boolean;
}

/**
 * A peer cannot apply an upgrade that the State asks for (sheet 06 §1.3). Not a block result: it
 * leaves block application, and the peer must freeze.
 */
export class UpgradeHaltError extends Error {
  readonly code = "HALT";
}

/** A release whose behaviour a network follows. */
export interface ReleaseProfile {
  readonly name: string;
  rulesAt(protocolVersion: Integer): Rules;
  /**
   * The State after the upgrades that are due when a block of this timestamp is applied; runs
   * after the block checks and before the block number moves.
   * @throws UpgradeHaltError when an upgrade is due that this software lacks or cannot finish
   * @throws MissingDataError when the store lacks a cell: the block may be tried again
   */
  upgrade(state: State, blockTimestamp: Integer): State;
}

const RULES_0_8_5: Rules = { profile: "0.8.5", protocolVersion: 0, runsCall: false };

/** 0.8.5 knows no upgrades: whatever the globals say, its rules are the same. */
export const PROFILE_0_8_5: ReleaseProfile = {
  name: "0.8.5",
  rulesAt: () => RULES_0_8_5,
  upgrade: (state) => state,
};
