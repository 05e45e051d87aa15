// The scheduler (sheet 03 §10): ops that are due when a block is applied. They run before its
// transactions, cost nothing, and leave no Result.
//
// Two defects of the reference meet here (sheet 02 T5). Its cap of 100 ops a block does nothing, so
// all that are due run, and so it is here. More than 100 ops at one timestamp make it loop for
// ever, which nobody can be compatible with; by our own rule all of them run, in the order in which
// they were scheduled.

import { Context } from "../cvm/context.ts";
import { runFresh } from "../cvm/evaluate.ts";
import { EXIT } from "../cvm/exits.ts";
import { countWork, TOTAL_WORK_MAX, withinWorkLimit } from "../cvm/work-limit.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Integer, Value } from "../data/cell.ts";
import { WorkLimitError, withWorkLimit } from "../data/free-work.ts";
import { integerFromBytes } from "../data/integer.ts";
import { Vector } from "../data/vector.ts";
import { MAX_TRANSACTION_JUICE } from "../state/constants.ts";
import { HostError } from "../state/host-error.ts";
import type { State } from "../state/state.ts";

/** An op and who scheduled it. */
interface ScheduledOp {
  readonly address: Address;
  readonly op: Value;
}

/**
 * The State after all ops that are due at its timestamp.
 * @throws HostError as execution, and for a schedule that no code can have written
 */
export function applyScheduled(state: State): State {
  const { schedule } = state;
  if (schedule.count === 0) return state;
  const due: ScheduledOp[] = [];
  const now = state.timestamp;
  let rest = schedule;
  while (rest.count > 0) {
    const [time, entry] = rest.entryAt(0);
    if (timeOf(time) > now) break;
    collect(entry, due);
    rest = rest.dissoc(time);
  }
  if (due.length === 0) return state;
  return runAll(state.withSchedule(rest), due);
}

/**
 * Runs ops one after the other. Thousands may be due, each with the juice of a whole transaction,
 * which nobody pays. Those beyond TOTAL_WORK_MAX are dropped, as if they had failed.
 */
function runAll(state: State, due: readonly ScheduledOp[]): State {
  let current = state;
  try {
    withWorkLimit(TOTAL_WORK_MAX, () => {
      for (const scheduled of due) current = runScheduled(current, scheduled);
    });
  } catch (error) {
    if (!(error instanceof WorkLimitError)) throw error;
  }
  return current;
}

/** Runs an op in a new context of the account that scheduled it; one that fails changes nothing. */
function runScheduled(state: State, { address, op }: ScheduledOp): State {
  const ctx = new Context({ state, origin: address, juiceLimit: MAX_TRANSACTION_JUICE });
  const outcome = withinWorkLimit(ctx, runFresh, op, null);
  countWork(ctx);
  return outcome === EXIT ? state : ctx.state;
}

/** Milliseconds of a key of the schedule. @throws HostError when it is no Blob */
function timeOf(key: Value): Integer {
  if (key instanceof Blob) return integerFromBytes(key.toBytes());
  throw new HostError("Schedule with a key that is no time");
}

/** Adds the ops of an entry to `due`. @throws HostError when it is no Vector of [Address op] */
function collect(entry: Value, due: ScheduledOp[]): void {
  if (!(entry instanceof Vector)) throw new HostError("Schedule with an entry that is no vector");
  for (const element of entry) {
    if (!(element instanceof Vector) || element.count < 2) {
      throw new HostError("Scheduled op without address");
    }
    const address = element.get(0);
    if (!(address instanceof Address)) throw new HostError("Scheduled op without address");
    due.push({ address, op: element.get(1) });
  }
}
