// The Convex Name System: a record changes only by who controls it, or with the node of its owner;
// a node changes hands only by its owner.

import fc from "fast-check";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { equals } from "../../../src/data/equals.ts";
import type { CVMMap } from "../../../src/data/map.ts";
import type { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import { at, variable } from "./holdings.ts";
import { call, type Model } from "./model.ts";

const REGISTRY = 9;
const GOVERNANCE = Address.of(6);

const segment = fc.constantFrom("a", "b", "c");
const path = fc.array(segment, { minLength: 0, maxLength: 3 });
const node = path.map((p) => `[#9 [${p.map((s) => `"${s}"`).join(" ")}]]`);
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((p) => `'${p.join(".")}`);
const controller = fc.constantFrom("#11", "#12", "#13", "#14", "#6", "nil", "*address*");
const child = fc.oneof(fc.constant("nil"), node);

/** Records and owners, by path as it prints. */
interface Names {
  readonly records: Map<string, Value>;
  readonly owners: Map<string, Value>;
}

function segmentsOf(path: Value): string[] {
  return path instanceof Vector ? path.toArray().map((s) => (s as CVMString).toString()) : [];
}

function namesOf(state: State): Names {
  const records = new Map<string, Value>();
  const database = variable(state, REGISTRY, "cns-database") as CVMMap;
  for (const [path, node] of database.entries()) {
    for (const [segment, record] of (node as CVMMap).entries()) {
      records.set([...segmentsOf(path), String(segment)].join("."), record);
    }
  }
  const owners = new Map<string, Value>();
  for (const [path, owner] of (variable(state, REGISTRY, "cns-owners") as CVMMap).entries()) {
    owners.set(segmentsOf(path).join("."), owner);
  }
  return { records, owners };
}

function parentOf(path: string): string {
  return path.split(".").slice(0, -1).join(".");
}

/** The controller of the record of a node: it admits new records there. */
function controllerOf({ records }: Names, path: string): Value {
  return path === "" ? GOVERNANCE : (at(records.get(path) ?? null, 1) ?? null);
}

class Judge {
  readonly #old: Names;
  readonly #now: Names;
  readonly #caller: Address;

  constructor(old: Names, now: Names, caller: number) {
    this.#old = old;
    this.#now = now;
    this.#caller = Address.of(caller);
  }

  #isCaller(monitor: Value | undefined): boolean {
    return monitor !== undefined && equals(monitor, this.#caller);
  }

  #owns(path: string): boolean {
    if (this.#old.owners.has(path)) return this.#isCaller(this.#old.owners.get(path));
    return this.#isCaller(this.#now.owners.get(path));
  }

  /** Whether a node, or one that it is below, was the caller's to delete. */
  #mayDelete(path: string): boolean {
    return this.#owns(path) || (path !== "" && this.#owns(parentOf(path)));
  }

  record(path: string): string | null {
    const old = this.#old.records.get(path);
    const now = this.#now.records.get(path);
    if (old !== undefined && now !== undefined) {
      if (equals(old, now) || this.#isCaller(at(old, 1))) return null;
      return `the record of ${path} changed`;
    }
    const node = parentOf(path);
    if (now === undefined) return this.#mayDelete(node) ? null : `the record of ${path} went`;
    const names = this.#old.records.has(node) || node === "" ? this.#old : this.#now;
    return this.#isCaller(controllerOf(names, node)) ? null : `a record of ${path} came`;
  }

  owner(path: string): string | null {
    const old = this.#old.owners.get(path);
    const now = this.#now.owners.get(path);
    if (old !== undefined && now !== undefined && equals(old, now)) return null;
    if (old !== undefined && this.#isCaller(old)) return null;
    return this.#owns(parentOf(path)) ? null : `the node ${path} changed hands`;
  }
}

export const cnsModel: Model = {
  name: "cns",
  setup: [
    { account: 6, source: "(*registry*/create 'a 1 #12)" },
    { account: 6, source: "(do (*registry*/create 'b.x 1) (*registry*/control 'b #13))" },
    { account: 6, source: '(call [#9 ["b"]] (change-control #13))' },
    { account: 6, source: "(*registry*/control 'b.x #14)" },
    { account: 6, source: "(do (*registry*/create 'c.a.b 1) (*registry*/control 'c #11))" },
    { account: 6, source: '(call [#9 ["c"]] (change-control #11))' },
    { account: 6, source: '(call [#9 ["c" "a"]] (change-control #14))' },
  ],
  calls: fc.oneof(
    call([name], (n) => `(*registry*/create ${n})`),
    call([name, fc.nat(9)], (n, v) => `(*registry*/create ${n} ${v})`),
    call([name, controller], (n, c) => `(*registry*/create ${n} 7 ${c})`),
    call([name, controller, child], (n, c, k) => `(*registry*/create ${n} 7 ${c} nil ${k})`),
    call([name, fc.nat(9)], (n, v) => `(*registry*/update ${n} ${v})`),
    call([name, controller], (n, c) => `(*registry*/control ${n} ${c})`),
    call(
      [node, segment, controller],
      (p, s, c) => `(call ${p} (cns-write "${s}" [5 ${c} nil nil]))`,
    ),
    call([node, segment, controller], (p, s, c) => `(call ${p} (cns-create-node "${s}" ${c}))`),
    call([node, segment], (p, s) => `(call ${p} (cns-delete-node "${s}" nil))`),
    call([node, controller], (p, c) => `(call ${p} (change-control ${c}))`),
    call([node, controller], (p, c) => `(@convex.trust/change-control ${p} ${c})`),
  ),
  check: (before, after, { account }) => {
    const old = namesOf(before);
    const now = namesOf(after);
    const judge = new Judge(old, now, account);
    const records = [...new Set([...old.records.keys(), ...now.records.keys()])];
    const owners = [...new Set([...old.owners.keys(), ...now.owners.keys()])];
    const wrong = [
      ...records.map((path) => judge.record(path)),
      ...owners.map((path) => judge.owner(path)),
    ];
    return wrong.find((text) => text !== null) ?? null;
  },
};
