// hot: see test/bench. The op that looks a symbol up from an account on: `c1 R(address op or nil)
// R(symbol)`, 40 juice after those of the address op.

import { Address } from "../../data/address.ts";
import { Ref, type Slot, type Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import type { AccountStatus } from "../../state/account-status.ts";
import { CORE_POSITION } from "../../state/state.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { typeName } from "../text/type-name.ts";
import { PART, printOp, unprintableSymbol } from "../text/unprintable.ts";
import { Constant } from "./constant.ts";
import { type Code, executeStrictly } from "./op.ts";
import { OP_TAG, PairOp } from "./op-cell.ts";

export class Lookup extends PairOp {
  /** @param address op, or nil for the current account */
  constructor(address: Slot, symbol: Slot) {
    super(OP_TAG.LOOKUP, address, symbol);
  }

  protected override run(ctx: Context): Outcome {
    const addressOp = this.first;
    const address = addressOp === null ? ctx.address : executeStrictly(ctx, addressOp);
    if (address === EXIT) return EXIT;
    if (!(address instanceof Address)) {
      return ctx.fail(CODE.CAST, `Lookup requires Address but got: ${typeName(address)}`);
    }
    return this.#find(ctx, address);
  }

  /** Looks up from an account on; charges 40, also for the errors. */
  #find(ctx: Context, address: Address): Outcome {
    const symbol = this.second;
    if (!(symbol instanceof CVMSymbol)) throw new HostError("Lookup of what is not a Symbol");
    if (ctx.accountAt(address) === null) {
      ctx.fail(CODE.NOBODY);
    } else {
      const value = ctx.lookup(symbol, address);
      if (value !== undefined) return ctx.withResult(JUICE.LOOKUP_DYNAMIC, value);
      ctx.fail(CODE.UNDECLARED, CVMString.fromBytes(Buffer.from(symbol.name, "latin1")));
    }
    ctx.charge(JUICE.LOOKUP_DYNAMIC);
    return EXIT;
  }

  protected override makeCode(): Code {
    const slot = this.slotAt(0);
    if (slot instanceof Ref || !(slot instanceof Constant)) return super.makeCode();
    const value = slot.slotAt(1);
    if (value instanceof Address && value.value === CORE_POSITION) return this.#codeInCore();
    return this.#codeAtAddress();
  }

  /**
   * For the core account: the value is remembered as long as the record of that is the same object.
   */
  #codeInCore(): Code {
    let core: AccountStatus | null = null;
    let value: Value = null;
    return (ctx) => {
      const account = ctx.state.coreAccount;
      if (ctx.depth < MAX_DEPTH - 1 && account === core && core !== null) {
        return ctx.withResult(JUICE.LOOKUP_SYM, value);
      }
      const outcome = this.execute(ctx);
      if (outcome !== EXIT && account?.parent === null) {
        core = account;
        value = outcome;
      }
      return outcome;
    };
  }

  /** For a constant address: the value is remembered as long as the State is the same object. */
  #codeAtAddress(): Code {
    let known: object | null = null;
    let value: Value = null;
    return (ctx) => {
      if (ctx.depth >= MAX_DEPTH - 1 || ctx.state.identity !== known) {
        const outcome = this.execute(ctx);
        if (outcome !== EXIT) {
          known = ctx.state.identity;
          value = outcome;
        }
        return outcome;
      }
      return ctx.withResult(JUICE.LOOKUP_SYM, value);
    };
  }

  override printTo(sink: PrintSink): boolean {
    const address = this.first;
    if (address !== null && !(printOp(sink, address, PART) && sink.text("/"))) return false;
    const symbol = this.second;
    if (!(symbol instanceof CVMSymbol)) throw unprintableSymbol(symbol);
    return sink.value(symbol);
  }
}
