// Watches of the State that a session has: its client is told when the value at a path has changed.

import type { Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { equals } from "../../data/equals.ts";
import { BadStructureError } from "../../data/errors.ts";
import { footprint } from "../../data/footprint.ts";
import { memorySize } from "../../data/memory-size.ts";
import type { Vector } from "../../data/vector.ts";
import { PRINT_LIMIT, print } from "../../lang/printer.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { valueAt } from "./state-path.ts";
import { ToolError } from "./tool-error.ts";

/** Watches of one session. */
export const WATCHES_MAX = 16;
/** Bytes of memory of the path of a watch, which is kept as long as its session. */
const PATH_BYTES_MAX = 16_384;
/** Bytes of a value that a notification brings along. */
const VALUE_BYTES_MAX = 1_024;

interface Watch {
  readonly path: Vector;
  /** Hash of the value, null where there is none: the value itself would stay in memory. */
  hash: string | null;
}

/** What a client is told. */
export interface StateChange {
  readonly watchId: string;
  readonly path: string;
  readonly changed: true;
  /** Printed; left out when it is large, or gone. */
  readonly value?: string;
}

function startsWith(path: Vector, prefix: Vector): boolean {
  return prefix.count <= path.count && equals(path.slice(0, prefix.count), prefix);
}

const hashOf = (value: Value | undefined) => (value === undefined ? null : hashKey(value));

/** Anybody may define a value whose cells are not what they say: nothing of it can be read. */
function unlessDamaged<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadStructureError) return otherwise;
    throw error;
  }
}

function shortText(value: Value | undefined): string | null {
  if (value === undefined || memorySize(value) > VALUE_BYTES_MAX) return null;
  return unlessDamaged(() => print(value, PRINT_LIMIT), null);
}

export class Watches {
  readonly #peer: PeerApi;
  readonly #watches = new Map<string, Watch>();
  #count = 0;

  constructor(peer: PeerApi) {
    this.#peer = peer;
  }

  /** @throws ToolError when there are too many, or the path is too long */
  add(path: Vector): { readonly id: string; readonly value: Value } {
    if (this.#watches.size >= WATCHES_MAX) {
      throw new ToolError(`At most ${WATCHES_MAX} watches in a session`);
    }
    if (footprint(path) > PATH_BYTES_MAX) {
      throw new ToolError(`A path of more than ${PATH_BYTES_MAX} bytes in memory: too long`);
    }
    const id = `w-${++this.#count}`;
    const value = valueAt(this.#peer.state(), path);
    this.#watches.set(id, { path, hash: hashOf(value) });
    return { id, value: value === undefined || memorySize(value) > VALUE_BYTES_MAX ? null : value };
  }

  /** Ends a watch by its id, and says how many that were: one, or none. */
  remove(id: string): number {
    return this.#watches.delete(id) ? 1 : 0;
  }

  /** Ends all whose paths begin with these keys, and says how many. */
  removeBelow(prefix: Vector): number {
    const before = this.#watches.size;
    for (const [id, { path }] of [...this.#watches]) {
      if (startsWith(path, prefix)) this.#watches.delete(id);
    }
    return before - this.#watches.size;
  }

  /** What has changed since the last look. */
  changes(): StateChange[] {
    const state = this.#peer.state();
    const changes: StateChange[] = [];
    for (const [watchId, watch] of this.#watches) {
      const value = unlessDamaged(() => valueAt(state, watch.path), undefined);
      const hash = hashOf(value);
      if (hash === watch.hash) continue;
      watch.hash = hash;
      const text = shortText(value);
      const path = print(watch.path, PRINT_LIMIT) ?? "";
      changes.push({ watchId, path, changed: true, ...(text === null ? {} : { value: text }) });
    }
    return changes;
  }
}
