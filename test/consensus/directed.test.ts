// The directed cases of sheet 04 §3.7, as the reference answered them: what longer runs miss.

import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { Blocks, mergeAt, stateOf } from "./merge-scene.ts";

type Orders = Readonly<Record<number, string>>;

interface Case {
  readonly name: string;
  readonly shows: string;
  /** 10^12 copper; all 5 where not given. */
  readonly stakes?: readonly string[];
  readonly blocks: string;
  readonly now: number;
  /** Orders in peer 0's own Belief. */
  readonly own: Orders;
  readonly received?: Orders;
  /** The Belief afterwards; left out where the same object must come back. */
  readonly out?: Orders;
}

const K_BLOCKS = "a@0+10 b@1+20 c@0+30 d@2+40";
const K_RECEIVED = { 1: "900/2,1,0,0/ad", 2: "900/2,1,0,0/ad", 3: "900/2,1,0,0/ad" };
const R_BLOCKS = "a@1+10 b@1+20 c@1+30";
const M_STATED = { 0: "900/1,0,0,0/b", 1: "900/1,0,0,0/b", 2: "900/1,0,0,0/b" };
const T_BLOCKS = "a@0+10 b@1+20 c@2+15 d@3+12";
const T_RECEIVED = { 1: "900/1,0,0,0/b", 2: "900/1,0,0,0/c", 3: "900/1,0,0,0/d" };

const CASES: readonly Case[] = [
  {
    name: "E1",
    shows: "a weight equal to the threshold is not enough",
    stakes: ["6.7", "3.3"],
    blocks: "a@0+10",
    now: 1000,
    own: { 0: "0/1,0,0,0/a" },
  },
  {
    name: "E2",
    shows: "one copper more is",
    stakes: ["6.700000000001", "3.3"],
    blocks: "a@0+10",
    now: 1000,
    own: { 0: "0/1,0,0,0/a" },
    out: { 0: "1000/1,1,0,0/a" },
  },
  {
    name: "M1",
    shows: "a peer below the minimum counts in the total, its Order does not",
    stakes: ["30.2", "30.2", "0.9", "29.6"],
    blocks: "b@1+20",
    now: 2000,
    own: { 0: M_STATED[0] },
    received: { 1: M_STATED[1], 2: M_STATED[2] },
    out: { 0: M_STATED[0], 1: M_STATED[1] },
  },
  {
    name: "M2",
    shows: "at the minimum it does",
    stakes: ["30.2", "30.2", "1", "28.6"],
    blocks: "b@1+20",
    now: 2000,
    own: { 0: M_STATED[0] },
    received: { 1: M_STATED[1], 2: M_STATED[2] },
    out: { ...M_STATED, 0: "2000/1,1,0,0/b" },
  },
  {
    name: "K1",
    shows: "a switch of proposal is held back for 100 ms",
    blocks: K_BLOCKS,
    now: 1100,
    own: { 0: "1000/3,2,0,0/abc" },
    received: K_RECEIVED,
    out: { 0: "1000/3,2,0,0/abc", ...K_RECEIVED },
  },
  {
    name: "K2",
    shows: "and done after 101",
    blocks: K_BLOCKS,
    now: 1101,
    own: { 0: "1000/3,2,0,0/abc" },
    received: K_RECEIVED,
    out: { 0: "1101/4,2,1,0/adbc", ...K_RECEIVED },
  },
  {
    name: "K3",
    shows: "no waiting where the common prefix reaches the own proposal point",
    blocks: K_BLOCKS,
    now: 1001,
    own: { 0: "1000/3,1,0,0/abc" },
    received: K_RECEIVED,
    out: { 0: "1001/4,2,1,0/adbc", ...K_RECEIVED },
  },
  {
    name: "F1",
    shows: "an Order of now is accepted, one of the future ignored",
    blocks: "a@1+10",
    now: 1000,
    own: { 0: "0/0,0,0,0/–" },
    received: { 1: "1000/1,0,0,0/a", 2: "1001/1,0,0,0/a" },
    out: { 0: "1000/1,0,0,0/a", 1: "1000/1,0,0,0/a" },
  },
  {
    name: "R1",
    shows: "at equal times a higher level 0 replaces",
    blocks: R_BLOCKS,
    now: 2000,
    own: { 0: "0/0,0,0,0/–", 1: "500/2,2,0,0/ab" },
    received: { 1: "500/3,0,0,0/abc" },
    out: { 0: "2000/3,0,0,0/abc", 1: "500/3,0,0,0/abc" },
  },
  {
    name: "R2",
    shows: "and the reverse replaces too",
    blocks: R_BLOCKS,
    now: 2000,
    own: { 0: "0/0,0,0,0/–", 1: "500/3,0,0,0/abc" },
    received: { 1: "500/2,2,0,0/ab" },
    out: { 0: "2000/2,0,0,0/ab", 1: "500/2,2,0,0/ab" },
  },
  {
    name: "C1",
    shows: "points follow the content when more than the threshold is known",
    blocks: "a@0+10 b@0+20 c@1+30 d@1+40",
    now: 2000,
    own: { 0: "0/2,2,0,0/ab" },
    received: { 1: "900/2,0,0,0/cd", 2: "900/2,0,0,0/cd" },
    out: { 0: "2000/4,0,0,0/cdab", 1: "900/2,0,0,0/cd", 2: "900/2,0,0,0/cd" },
  },
  {
    name: "C2",
    shows: "but are cut by length only when less is",
    stakes: ["5", "6", "5", "5"],
    blocks: "a@0+10 b@0+20 c@1+30 d@1+40",
    now: 2000,
    own: { 0: "0/2,2,0,0/ab" },
    received: { 1: "900/2,0,0,0/cd" },
    out: { 0: "2000/4,2,0,0/cdab", 1: "900/2,0,0,0/cd" },
  },
  {
    name: "D1",
    shows: "vectors that end at the consensus point drop out, so a longer minority vector wins",
    blocks: "a@0+10 b@1+20",
    now: 2000,
    own: { 0: "0/2,2,2,0/ab" },
    received: { 1: "900/3,2,2,0/aba", 2: "900/2,2,2,0/ab", 3: "900/2,2,2,0/ab" },
    out: {
      0: "2000/3,2,2,2/aba",
      1: "900/3,2,2,0/aba",
      2: "900/2,2,2,0/ab",
      3: "900/2,2,2,0/ab",
    },
  },
  {
    name: "D2",
    shows: "a block that the winner holds below the consensus point is appended again",
    blocks: "a@0+10 b@1+20 c@2+30",
    now: 2000,
    own: { 0: "0/2,2,2,0/ab" },
    received: { 1: "900/3,2,2,0/aba", 2: "900/3,2,2,0/abc", 3: "900/3,2,2,0/abc" },
    out: {
      0: "2000/4,2,2,2/abca",
      1: "900/3,2,2,0/aba",
      2: "900/3,2,2,0/abc",
      3: "900/3,2,2,0/abc",
    },
  },
  {
    name: "L1",
    shows: "several levels at once",
    blocks: "a@1+10 b@2+20",
    now: 2000,
    own: { 0: "0/0,0,0,0/–" },
    received: { 1: "900/2,2,2,2/ab", 2: "900/2,2,2,2/ab", 3: "900/2,2,2,1/ab" },
    out: {
      0: "2000/2,2,2,2/ab",
      1: "900/2,2,2,2/ab",
      2: "900/2,2,2,2/ab",
      3: "900/2,2,2,1/ab",
    },
  },
  {
    name: "X1",
    shows: "the filter drops a short Order; a tie goes to the lowest hash",
    blocks: "a@1+10 b@2+20 c@3+20",
    now: 2000,
    own: { 0: "0/1,1,1,0/a" },
    received: { 1: "900/2,1,1,0/ab", 2: "900/0,0,0,0/–", 3: "900/2,1,1,0/ac" },
    out: { 0: "2000/3,1,1,1/acb", 1: "900/2,1,1,0/ab", 3: "900/2,1,1,0/ac" },
  },
  {
    name: "T1",
    shows: "a four-way tie goes to the lowest hash, the rest follows by time",
    blocks: T_BLOCKS,
    now: 2000,
    own: { 0: "0/1,0,0,0/a" },
    received: T_RECEIVED,
    out: { 0: "2000/4,0,0,0/badc", ...T_RECEIVED },
  },
  {
    name: "T2",
    shows: "the same with more stake on another block",
    stakes: ["5", "5", "5", "16"],
    blocks: T_BLOCKS,
    now: 2000,
    own: { 0: "0/1,0,0,0/a" },
    received: T_RECEIVED,
    out: { 0: "2000/4,0,0,0/dacb", ...T_RECEIVED },
  },
  {
    name: "T3",
    shows: "the heaviest block wins a tie of none over half, whatever its hash",
    stakes: ["6", "5", "5", "5"],
    blocks: T_BLOCKS,
    now: 2000,
    own: { 0: "0/1,0,0,0/a" },
    received: T_RECEIVED,
    out: { 0: "2000/4,0,0,0/adcb", ...T_RECEIVED },
  },
  {
    name: "O1",
    shows: "who has over half wins outright, though others go on with the same blocks",
    stakes: ["5", "5", "5", "4"],
    blocks: "a@0+10 b@1+20 c@2+40 d@3+30",
    now: 2000,
    own: { 0: "0/2,0,0,0/ab" },
    received: { 1: "900/2,0,0,0/ab", 2: "900/3,0,0,0/abc", 3: "900/3,0,0,0/abd" },
    out: {
      0: "2000/4,2,0,0/abdc",
      1: "900/2,0,0,0/ab",
      2: "900/3,0,0,0/abc",
      3: "900/3,0,0,0/abd",
    },
  },
  {
    name: "T36",
    shows:
      "an Order that disagrees stays, and wins, when peer 4's alone is left out beside its branch",
    stakes: ["5", "5", "5", "5", "5"],
    blocks: "a@0+10 b@1+20 c@4+30 d@2+40",
    now: 2000,
    own: { 0: "0/1,1,1,0/a" },
    received: { 1: "900/2,0,0,0/bd", 4: "900/1,0,0,0/c" },
    out: { 0: "2000/2,1,1,0/bd", 1: "900/2,0,0,0/bd" },
  },
];

describe("directed cases of sheet 04 §3.7, and more", () => {
  for (const each of CASES) {
    test(`${each.name}: ${each.shows}`, () => {
      const blocks = new Blocks(each.blocks);
      const own = blocks.belief(each.own);
      const received = each.received === undefined ? [] : [blocks.belief(each.received)];
      const state = stateOf(each.stakes ?? ["5", "5", "5", "5"]);
      const merged = mergeAt(state, each.now, own, received);
      if (each.out === undefined) expect(merged).toBe(own);
      else expect(blocks.describeBelief(merged)).toEqual(each.out);
    });
  }

  test("the blocks of T1 have the hashes that the sheet gives", () => {
    const blocks = new Blocks(T_BLOCKS);
    const starts = [..."abcd"].map((name) => toHex(hashBytes(blocks.get(name))).slice(0, 4));
    expect(starts).toEqual(["dc5e", "36ee", "d34b", "54ac"]);
  });
});
