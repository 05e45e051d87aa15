// The op that defines a symbol in the current account: `cd R(symbol or Syntax) R(op or nil)`, 100
// juice after.

import type { Slot, Value } from "../../data/cell.ts";
import { CVMMap } from "../../data/map.ts";
import type { PrintSink } from "../../data/printable.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import type { Context } from "../context.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { refValue } from "../history/array-vectors.ts";
import { isPlain, redefined } from "../history/comparing.ts";
import { JUICE } from "../juice.ts";
import { printPart } from "../text/unprintable.ts";
import { executeOp, Op } from "./op.ts";
import { OP_TAG, PairOp } from "./op-cell.ts";

export class Def extends PairOp {
  /**
   * @param key a Symbol, or a Syntax of one whose metadata replaces that of the definition
   * @param op gives the value; nil keeps the value that the account itself defines
   */
  constructor(key: Slot, op: Slot) {
    super(OP_TAG.DEF, key, op);
  }

  protected override run(ctx: Context): Outcome {
    const op = this.second;
    const outcome = op instanceof Op ? executeOp(ctx, op) : (this.#own(ctx) ?? null);
    if (outcome === EXIT) return EXIT;
    const key = this.first;
    const value = isPlain() ? refValue(outcome) : redefined(this.#own(ctx), outcome);
    ctx.define(this.#symbol(), value, key instanceof Syntax ? key.meta : null);
    return ctx.withResult(JUICE.DEF, outcome);
  }

  /** Value in the account's own environment; undefined when there is none. */
  #own(ctx: Context): Value | undefined {
    return (ctx.account().environment ?? CVMMap.EMPTY).get(this.#symbol());
  }

  /**
   * The symbol, or nil, which can be defined too. @throws HostError when the key is no other (T6)
   */
  #symbol(): CVMSymbol | null {
    const key = this.first;
    const name = key instanceof Syntax ? key.datum : key;
    if (name === null || name instanceof CVMSymbol) return name;
    throw new HostError("Def of what is not a Symbol");
  }

  /** Prints on after a name that the limit has cut off (T39). */
  override printTo(sink: PrintSink): boolean {
    sink.text("(def ");
    printPart(sink, this.first, "convex.core.data.ACell");
    sink.text(" ");
    return sink.value(this.second) && sink.text(")");
  }
}
