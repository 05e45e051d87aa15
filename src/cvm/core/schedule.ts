// Core `schedule*` (sheet 02 §12): the State holds, for each time, a Vector of [address op].

import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import type { Index } from "../../data/index-map.ts";
import { minus } from "../../data/integer.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { Op } from "../ops/op.ts";
import { castLong } from "./arguments.ts";
import { longBytes } from "./countables.ts";

/** Units of work (data/free-work.ts) of an op that is due at once, which costs no juice. */
const SCHEDULE_WORK = 2000;

/** Juice is paid for the time until then (past times mean now); the op itself costs memory. */
function schedule(ctx: Context, args: Value[]): Outcome {
  const wanted = castLong(ctx, args[0] as Value, 0);
  if (wanted === EXIT) return EXIT;
  const op = args[1] as Value;
  if (!(op instanceof Op)) return ctx.castError(1, op, "Op");
  const now = ctx.state.timestamp;
  if (now < 0) return ctx.fail(CODE.STATE, "The clock of the State is negative");
  let time = wanted;
  if (time < now) time = now;
  const millis = Number(minus(time, now));
  const juice = Math.floor(millis / JUICE.SCHEDULE_MILLIS_PER_JUICE_UNIT);
  if (!ctx.checkJuice(juice)) return EXIT;
  doWork(SCHEDULE_WORK);
  const key = Blob.of(longBytes(time));
  const { schedule } = ctx.state;
  const slot = schedule.get(key) ?? Vector.EMPTY;
  if (!(slot instanceof Vector)) throw new HostError("a slot of the schedule is no Vector");
  const slots = schedule.assoc(key, slot.append(Vector.of(ctx.address, op))) as Index;
  ctx.setState(ctx.state.withSchedule(slots));
  return ctx.withResult(juice, time);
}

export const SCHEDULE_FNS: readonly CoreFn[] = [
  coreFn(20, "schedule*", { min: 2, max: 2 }, schedule),
];
