// What the surfaces (REST, the binary protocol) ask of the running peer. Nothing here knows HTTP.

import type { Address } from "../data/address.ts";
import type { Cell, CellSource, Value } from "../data/cell.ts";
import type { SignedData } from "../data/signed.ts";
import type { BlockResult } from "../state/block-result.ts";
import type { Result } from "../state/result.ts";
import type { State } from "../state/state.ts";
import type { Position } from "../store/store.ts";
import type { FormOrigin } from "../transition/apply-transaction.ts";

/** The nine figures of a STATUS reply (sheet 04 §5.4); hashes and the key are 32 bytes. */
export interface PeerStatusReport {
  readonly belief: Uint8Array;
  readonly genesis: Uint8Array;
  readonly peer: Uint8Array;
  readonly state: Uint8Array;
  /** [blocks, proposal, consensus, finality] of this peer's own Order. */
  readonly points: readonly number[];
}

export interface PeerApi {
  status(): PeerStatusReport;
  /** The State at this peer's finality point. */
  state(): State;
  /**
   * Runs a form, transaction or op detached from the State; null address means the genesis user.
   * @param origin of a form: text, which is the default, or bytes
   */
  query(form: Value, address: Address | null, origin?: FormOrigin): Result | Promise<Result>;
  /**
   * Takes a signed transaction in; resolves at finality, or at once when it is refused.
   * @param admit called when nothing else speaks against it, and it is not on its way already; what
   * it throws keeps the transaction out
   */
  submit(signed: SignedData, admit?: () => void): Promise<Result>;
  /** Keeps a cell, so that a client may name it by hash later (transaction/prepare). */
  remember(cell: Cell): void;
  /** The source of cells known to this peer, for decoding references. */
  readonly cells: CellSource;
  /** Number of blocks executed and on disk. */
  readonly position: number;
  /** Calls after each pass, also one that came to nothing new, until the answer is called. */
  whenPassed(listener: () => void): () => void;
  /** Place of an executed transaction (signed), or of a signed block (index -1), by hash key. */
  positionOf(hash: string): Position | null;
  /** The signed block at a position of the own Order, null beyond its end. */
  block(position: number): SignedData | null;
  /** What the block at a position gave, null when it is not executed. */
  blockResult(position: number): BlockResult | null;
}
