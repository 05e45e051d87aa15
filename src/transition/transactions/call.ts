// Call (sheet 03 §6.2): calls a function of an actor, without any code. In 0.8.5 a Call that was
// decoded, as every Call in a block was, makes the block void, unless code in the same block has
// read its `:args` before (sheet 02 T26, state/call-reads.ts). Later releases run it (sheet 06
// §3.10).

import type { Context } from "../../cvm/context.ts";
import type { Outcome } from "../../cvm/exits.ts";
import { Keyword } from "../../data/keyword.ts";
import { requireOwnCells } from "../../data/run-memory.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { CALL_READS } from "../../state/call-reads.ts";
import { HostError } from "../../state/host-error.ts";
import type { Rules } from "../../state/rules.ts";
import type { Call } from "../../state/transaction.ts";

const FORMAT = Keyword.of("FORMAT");

/**
 * Calls the function of the actor; the outcome is its outcome.
 * @throws HostError under the rules of 0.8.5, unless code has read the arguments
 * @throws SharedCellsError when this peer's memory decides whether it has
 */
export function applyCall(ctx: Context, tx: Call, rules: Rules): Outcome {
  const { args, symbol } = tx;
  if (!rules.runsCall) return applyDecoded(ctx, tx);
  if (!(args instanceof Vector)) return ctx.fail(FORMAT, "Call arguments are no vector");
  if (!(symbol instanceof CVMSymbol)) throw new HostError("Call of what is no Symbol");
  return ctx.actorCall(tx.target, tx.offer, symbol, args.toArray());
}

/** Under the rules of 0.8.5. */
function applyDecoded(ctx: Context, tx: Call): Outcome {
  const reads = CALL_READS.current;
  if (reads === null || reads.isEmpty) throw new HostError("Call transaction without arguments");
  requireOwnCells();
  const { args, symbol } = tx;
  if (!reads.has(tx) || !(args instanceof Vector)) {
    throw new HostError("Call transaction without arguments");
  }
  const name = symbol instanceof CVMSymbol ? symbol : null;
  return ctx.actorCall(tx.target, tx.offer, name, args.toArray());
}
