// What the command line of the simulator says.

import {
  type Arguments,
  numberOf,
  parseArguments,
  UsageError,
  wholeNumber,
} from "../../release/tool.ts";
import { type FaultPlan, lessThanThird, NO_FAULTS, planOf } from "./fault-plan.ts";

const USAGE = `[--peers N] [--seed S] [--seeds COUNT] [--rounds R] [--json] [FAULTS]

  --peers N      number of peers, all of equal stake (5)
  --seed S       the run, or the first of several (1)
  --seeds COUNT  number of runs (1)
  --rounds R     seconds with faults before everything heals (60)
  --json         a line of JSON a run

Without FAULTS each seed chooses its own; with any of them these are all:
  --drop P --duplicate P --reorder P   share of messages that are lost, repeated, overtaken
  --delay MS     usual time of a message
  --reset        connections break
  --partition    the network falls apart and heals
  --deaf         a peer is not heard by another or by anybody, but hears them
  --crash        peers die, also in the middle of a write, and start again
  --restore      peers die, and half of them start from a backup
  --slow-disk    writes take up to a second, and the disk is full now and then
  --slow-blocks  some blocks take one peer up to four seconds to execute
  --skew S       one clock is wrong by up to S seconds
  --steps        it is set anew now and then
  --byzantine N  N peers lie; less than a third of all
  --twins N      N keys are signed with by two peers at once; as above, and together
  --stakes       stakes grow, shrink, and go; only without --byzantine, --twins and --skew
  --calm         no faults`;

export interface SimOptions {
  readonly peers: number;
  readonly seed: number;
  readonly seeds: number;
  readonly rounds: number;
  readonly isJson: boolean;
  /** The faults of a run. */
  readonly planFor: (seed: number) => FaultPlan;
  /** Flags that a reproduction of a run needs besides its seed. */
  readonly flags: string;
}

const FAULT_FLAGS = {
  drop: "text",
  duplicate: "text",
  reorder: "text",
  delay: "text",
  reset: "switch",
  partition: "switch",
  deaf: "switch",
  crash: "switch",
  restore: "switch",
  "slow-disk": "switch",
  "slow-blocks": "switch",
  skew: "text",
  steps: "switch",
  byzantine: "text",
  twins: "text",
  stakes: "switch",
  calm: "switch",
} as const;

const FLAGS = {
  peers: "text",
  seed: "text",
  seeds: "text",
  rounds: "text",
  json: "switch",
  ...FAULT_FLAGS,
} as const;

export const TOOL = { command: "bun run sim", usage: USAGE, flags: FLAGS } as const;

const PEERS_MAX = 50;
const RESET = { resetEveryMs: 5_000 };
const PARTITION = { partitionEveryMs: 10_000, partitionMs: 4_000 };
const DEAF = { deafEveryMs: 5_000, deafMs: 4_000 };
const STEPS = { stepEveryMs: 4_000 };
const STAKES = { stakeEveryMs: 3_000 };
const CRASH = { crashEveryMs: 8_000, downMs: 3_000, cutWrite: 0.5 };
const RESTORE = { crashEveryMs: 8_000, downMs: 3_000, restored: 0.5 };
const SLOW_BLOCKS = { slowPeers: 1, slowBlock: 0.3, slowBlockMs: 4_000 };
const SLOW_DISK = { slowWrite: 0.2, slowWriteMs: 1_000, fullDisk: 0.02 };

/** @throws UsageError, HelpAsked */
export function readOptions(args: readonly string[]): SimOptions {
  return optionsFrom(parseArguments(TOOL, args));
}

/** @throws UsageError */
export function optionsFrom({ values }: Arguments<typeof FLAGS>): SimOptions {
  const peers = wholeNumber(values.peers ?? "5", "--peers", 1, PEERS_MAX);
  const chosen = Object.keys(FAULT_FLAGS).filter((name) => {
    const value = values[name as Fault];
    return value !== undefined && value !== false;
  });
  const plan = chosen.length === 0 ? null : planFrom(values, peers);
  return {
    peers,
    seed: wholeNumber(values.seed ?? "1", "--seed", 0),
    seeds: wholeNumber(values.seeds ?? "1", "--seeds", 1),
    rounds: wholeNumber(values.rounds ?? "60", "--rounds", 0),
    isJson: values.json,
    planFor: (seed) => plan ?? planOf(seed, peers),
    flags: chosen.map((name) => flagText(name, values[name as Fault])).join(""),
  };
}

type Fault = keyof typeof FAULT_FLAGS;
type Values = Arguments<typeof FLAGS>["values"];

function flagText(name: string, value: string | boolean | undefined): string {
  return typeof value === "string" ? ` --${name} ${value}` : ` --${name}`;
}

function planFrom(values: Values, peers: number): FaultPlan {
  const byzantine = wholeNumber(values.byzantine ?? "0", "--byzantine", 0, lessThanThird(peers));
  if (values.stakes && (byzantine > 0 || values.twins !== undefined || values.skew !== undefined)) {
    throw new UsageError(
      "--stakes: not with --byzantine, --twins or --skew: it moves what a third is",
    );
  }
  const skewMs = 1_000 * numberOf(values.skew ?? "0", "--skew", 0, 86_400);
  return {
    ...NO_FAULTS,
    drop: numberOf(values.drop ?? "0", "--drop", 0, 1),
    duplicate: numberOf(values.duplicate ?? "0", "--duplicate", 0, 1),
    reorder: numberOf(values.reorder ?? "0", "--reorder", 0, 1),
    delayMs: numberOf(values.delay ?? `${NO_FAULTS.delayMs}`, "--delay", 0, 60_000),
    byzantine,
    twins: wholeNumber(values.twins ?? "0", "--twins", 0, lessThanThird(peers) - byzantine),
    skewed: skewMs > 0 ? 1 : 0,
    skewMs,
    ...(values.reset ? RESET : {}),
    ...(values.partition ? PARTITION : {}),
    ...(values.deaf ? DEAF : {}),
    ...(values.steps ? STEPS : {}),
    ...(values.stakes ? STAKES : {}),
    ...(values.crash ? CRASH : {}),
    ...(values.restore ? RESTORE : {}),
    ...(values["slow-disk"] ? SLOW_DISK : {}),
    ...(values["slow-blocks"] ? SLOW_BLOCKS : {}),
  };
}
