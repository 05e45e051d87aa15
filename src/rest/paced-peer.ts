// The peer as HTTP sees it: queries take turns in a lane, and account keys have a rate.

import type { MiddlewareHandler } from "hono";
import type { Address } from "../data/address.ts";
import type { Cell, CellSource, Value } from "../data/cell.ts";
import type { SignedData } from "../data/signed.ts";
import type { PeerApi, PeerStatusReport } from "../peer/peer-api.ts";
import type { BlockResult } from "../state/block-result.ts";
import type { Result } from "../state/result.ts";
import type { State } from "../state/state.ts";
import type { Position } from "../store/store.ts";
import type { KeyRate } from "./access/key-rate.ts";
import type { WorkLane } from "./work-lane.ts";

/** Middleware by which a route that may take a while has its turn. */
export function inTurn(peer: PacedPeer): MiddlewareHandler {
  return async (_c, next) => {
    await peer.turn();
    await next();
  };
}

export class PacedPeer implements PeerApi {
  readonly #peer: PeerApi;
  readonly #lane: WorkLane;
  readonly #keyRate: KeyRate | null;

  /** @param keyRate null for any rate */
  constructor(peer: PeerApi, lane: WorkLane, keyRate: KeyRate | null) {
    this.#peer = peer;
    this.#lane = lane;
    this.#keyRate = keyRate;
  }

  get cells(): CellSource {
    return this.#peer.cells;
  }
  get position(): number {
    return this.#peer.position;
  }
  status(): PeerStatusReport {
    return this.#peer.status();
  }
  state(): State {
    return this.#peer.state();
  }
  /** @throws LaneFullError */
  query(form: Value, address: Address | null): Promise<Result> {
    return this.#lane.run(() => this.#peer.query(form, address));
  }
  /** A query, and in the same turn what is made of its Result. @throws LaneFullError */
  queryFor<T>(form: Value, address: Address | null, use: (result: Result) => T): Promise<T> {
    return this.#lane.run(() => {
      const result = this.#peer.query(form, address);
      return result instanceof Promise ? result.then(use) : use(result);
    });
  }
  /** @throws KeyRateError */
  submit(signed: SignedData): Promise<Result> {
    return this.#peer.submit(signed, () => this.#keyRate?.take(signed, Date.now()));
  }
  /** For other work that may take a while: see `WorkLane.turn`. */
  turn(): Promise<void> {
    return this.#lane.turn();
  }
  remember(cell: Cell): void {
    this.#peer.remember(cell);
  }
  whenPassed(listener: () => void): () => void {
    return this.#peer.whenPassed(listener);
  }
  positionOf(hash: string): Position | null {
    return this.#peer.positionOf(hash);
  }
  block(position: number): SignedData | null {
    return this.#peer.block(position);
  }
  blockResult(position: number): BlockResult | null {
    return this.#peer.blockResult(position);
  }
}
