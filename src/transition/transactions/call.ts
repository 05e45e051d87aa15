// Call (sheet 03 §6.2): a call of an actor's function without any code of one's own. In 0.8.5 a
// Call that was decoded throws, and all that reach a block were (sheet 02 T26): the block is void.
// Later releases run it (sheet 06 §3.10).

import type { Context } from "../../cvm/context.ts";
import type { Outcome } from "../../cvm/exits.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { HostError } from "../../state/host-error.ts";
import type { Rules } from "../../state/rules.ts";
import type { Call } from "../../state/transaction.ts";

const FORMAT = Keyword.of("FORMAT");

/** @throws HostError under the rules of 0.8.5 */
export function applyCall(ctx: Context, tx: Call, rules: Rules): Outcome {
  const { args, symbol } = tx;
  if (!rules.runsCall) throw new HostError("Call transaction without arguments");
  if (!(args instanceof Vector)) return ctx.fail(FORMAT, "Call arguments are no vector");
  if (!(symbol instanceof CVMSymbol)) throw new HostError("Call of what is no Symbol");
  return ctx.actorCall(tx.target, tx.offer, symbol, args.toArray());
}
