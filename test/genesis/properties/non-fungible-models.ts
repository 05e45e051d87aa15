// Non-fungible assets: each id has one owner, and changes hands only by its owner's call, or by an
// offer of his that somebody accepts. What is in boxes is there, and leaves them by their owners.

import fc from "fast-check";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { equals } from "../../../src/data/equals.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import type { State } from "../../../src/state/state.ts";
import { addressAt, at, balances, integerOf, owners, sum, variable } from "./holdings.ts";
import { type Call, call, type Model, USERS } from "./model.ts";

const SIMPLE = 67;
const BASIC = 68;
const BOXES = 69;

const id = fc.nat(12);
const quantity = fc.oneof(
  id.map(String),
  fc.array(id, { maxLength: 3 }).map((ids) => `(set [${ids.join(" ")}])`),
  fc.constantFrom("nil", ":x", "[1]", "1.0", "#{-1}"),
);
const person = fc.constantFrom(...USERS).map((n) => `#${n}`);
const target = fc.oneof(person, fc.constantFrom("#12/OPEN", "[#12/OPEN 1]", "14", ":x", "#9"));
const OPEN =
  "(deploy '(import convex.asset :as asset)" +
  " '(defn receive-asset ^:callable [path q data] (asset/accept *caller* path q))" +
  " '(defn give ^:callable [path q] (asset/transfer *caller* path q)))";

function commonCalls(path: fc.Arbitrary<string>): fc.Arbitrary<Call>[] {
  return [
    call([path, target, quantity], (p, t, q) => `(@convex.asset/transfer ${t} ${p} ${q})`),
    call([path, target, quantity], (p, t, q) => `(call ${p} (direct-transfer ${t} ${q} nil))`),
    call([path, target, quantity], (p, t, q) => `(@convex.asset/offer ${t} [${p} ${q}])`),
    call([path, person, quantity], (p, t, q) => `(@convex.asset/accept ${t} [${p} ${q}])`),
    call([path, quantity], (p, q) => `(call ${p} (burn ${q}))`),
    call([path], (p) => `(call ${p} (create))`),
    call([path, quantity], (p, q) => `(call #12/OPEN (give ${p} ${q}))`),
  ];
}

function wasOffered(state: State, actor: number, from: number, to: number, id: string): boolean {
  const offers = at(variable(state, actor, "offers"), Address.of(from));
  const ids = at(offers, Address.of(to));
  return ids instanceof CVMSet && ids.has(Number(id));
}

/** Ids that have more than one owner, or changed hands without authority. */
function checkOwners(actor: number, before: State, after: State, caller: number): string | null {
  const old = owners(before, actor).owner;
  const { owner: now, twice } = owners(after, actor);
  if (twice.length > 0) return `#${actor}: ${twice} have two owners`;
  const open = addressAt(after, 12, "OPEN");
  for (const [id, holder] of old) {
    if (now.get(id) === holder || holder === caller || holder === open) continue;
    // What is in boxes belongs to the actor of boxes: see checkBoxes.
    if (holder === BOXES || wasOffered(before, actor, holder, caller, id)) continue;
    return `#${actor}: #${holder} lost ${id}`;
  }
  const counter = integerOf(variable(after, actor, "counter"));
  const forged = [...now.keys()].filter((id) => BigInt(id) < 0n || BigInt(id) >= counter);
  return forged.length === 0 ? null : `#${actor}: ${forged} were never created`;
}

export const nftModel: Model = {
  name: "nft",
  setup: [
    { account: 12, source: `(def OPEN ${OPEN})` },
    ...USERS.flatMap((account) => [
      { account, source: "(call #67 (create))" },
      { account, source: "(call #68 (create {:by *address*}))" },
    ]),
  ],
  calls: fc.oneof(
    ...commonCalls(fc.constantFrom("@asset.nft.simple", "@asset.nft.basic")),
    call([quantity], (q) => `(call @asset.nft.basic (create ${q}))`),
  ),
  check: (before, after, { account }) =>
    checkOwners(SIMPLE, before, after, account) ?? checkOwners(BASIC, before, after, account),
};

const boxPath = fc.nat(8).map((n) => `[@asset.box.actor ${n}]`);
const content = fc.oneof(
  fc.integer({ min: -2, max: 60 }).map((n) => `[#12/T ${n}]`),
  quantity.map((q) => `[@asset.nft.simple ${q}]`),
  quantity.map((q) => `[@asset.box.actor ${q}]`),
  fc.constantFrom("{#12/T 5 @asset.nft.simple #{1}}", "nil", ":x", "[#12 1]"),
);

/** Who may open each box: its owner, or of a box in a box, whoever may open the outer one. */
function openers(state: State): Map<string, number> {
  const { owner } = owners(state, BOXES);
  const outer = new Map<string, string>();
  for (const [box, contents] of boxes(state)) {
    const inside = at(contents, Address.of(BOXES));
    for (const id of inside instanceof CVMSet ? inside.toArray() : []) outer.set(String(id), box);
  }
  const openerOf = (box: string, depth = 0): number => {
    const around = outer.get(box);
    return around === undefined || depth > owner.size
      ? (owner.get(box) ?? -1)
      : openerOf(around, depth + 1);
  };
  return new Map([...owner.keys()].map((box) => [box, openerOf(box)]));
}

function boxes(state: State): [box: string, contents: Value][] {
  const map = variable(state, BOXES, "boxes");
  return map instanceof CVMMap ? map.entries().map(([box, c]) => [String(box), c]) : [];
}

function checkBoxes(before: State, after: State, caller: number): string | null {
  const token = addressAt(after, 12, "T");
  const inside = boxes(after);
  const tokens = sum(inside.map(([, contents]) => integerOf(at(contents, Address.of(token)))));
  const held = balances(after, token);
  if (tokens > (held.get(BOXES) ?? 0n)) return "boxes hold more tokens than there are";
  if (sum(held.values()) !== 1000n) return "tokens came or went";
  for (const actor of [SIMPLE, BOXES]) {
    const ids = inside.flatMap(([, contents]) => {
      const set = at(contents, Address.of(actor));
      return set instanceof CVMSet ? set.toArray().map(String) : [];
    });
    if (new Set(ids).size !== ids.length) return `an id of #${actor} is in two boxes`;
    const { owner } = owners(after, actor);
    const lost = ids.filter((id) => owner.get(id) !== BOXES);
    if (lost.length > 0) return `${lost} of #${actor} are in a box and belong to another account`;
  }
  const could = openers(before);
  const old = new Map(boxes(before));
  const open = addressAt(after, 12, "OPEN");
  for (const [box, contents] of old) {
    const now = inside.find(([other]) => other === box)?.[1];
    if (now !== undefined && equals(contents, now)) continue;
    const opener = could.get(box);
    if (opener !== caller && opener !== open) return `#${caller} changed box ${box} of #${opener}`;
  }
  return null;
}

export const boxModel: Model = {
  name: "box",
  setup: [
    { account: 12, source: "(def T (deploy (@convex.fungible/build-token {:supply 1000})))" },
    { account: 12, source: `(def OPEN ${OPEN})` },
    ...USERS.flatMap((account) => [
      { account, source: "(do (call #69 (create)) (call #69 (create)))" },
      { account, source: "(do (call #67 (create)) (call #67 (create)))" },
    ]),
    ...USERS.map((n) => ({ account: 12, source: `(@convex.asset/transfer #${n} [T 200])` })),
    ...USERS.map((account, i) => ({
      account,
      source: `(@asset.box/insert [#69 ${2 * i}] {#12/T 50 #67 #{${2 * i}}})`,
    })),
    { account: 12, source: "(@asset.box/insert [#69 3] [#69 #{2}])" },
  ],
  calls: fc.oneof(
    ...commonCalls(fc.constantFrom("@asset.nft.simple", "@asset.box.actor")),
    call([boxPath, content], (b, c) => `(@asset.box/insert ${b} ${c})`),
    call([boxPath, content], (b, c) => `(@asset.box/remove ${b} ${c})`),
    call([boxPath, content], (b, c) => `(@convex.asset/transfer ${b} ${c})`),
    call([boxPath, content], (b, c) => `(call ${b} (remove ${c}))`),
    call([boxPath, quantity], (b, q) => `(call ${b} (receive-asset #12/T ${q} nil))`),
    call([quantity], (q) => `(@asset.box/burn ${q})`),
    call([person, fc.nat(50)], (t, n) => `(@convex.fungible/transfer #12/T ${t} ${n})`),
  ),
  check: (before, after, { account }) =>
    checkOwners(SIMPLE, before, after, account) ??
    checkOwners(BOXES, before, after, account) ??
    checkBoxes(before, after, account),
};
