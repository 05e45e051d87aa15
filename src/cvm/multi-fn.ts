// Functions of several arities: `df VLQ(n) R(fn)…` (sheet 02 §3, §5).

import type { Slot, Value } from "../data/cell.ts";
import type { PrintSink } from "../data/printable.ts";
import { Vector } from "../data/vector.ts";
import type { Writer } from "../data/writer.ts";
import type { Context } from "./context.ts";
import { CODE } from "./error-code.ts";
import { HostError, type Outcome } from "./exits.ts";
import { Fn } from "./fn.ts";
import { FunctionValue } from "./function-value.ts";
import { OP_TAG } from "./ops/op-cell.ts";

/** Most members that are used; the count of a decoded one can be anything, and costs no juice. */
export const MULTI_FN_MEMBERS_MAX = 65_536;

export class MultiFn extends FunctionValue {
  /** Members; those that are no Fn never match (T6). */
  readonly members: Vector;

  constructor(members: Vector) {
    super();
    this.members = members;
  }

  /** @throws HostError above MULTI_FN_MEMBERS_MAX members */
  #checkCount(): number {
    const { count } = this.members;
    if (count > MULTI_FN_MEMBERS_MAX) throw new HostError(`A function of ${count} arities`);
    return count;
  }

  #match(argCount: number): Fn | null {
    const count = this.#checkCount();
    for (let i = 0; i < count; i++) {
      const fn = this.members.get(i);
      if (fn instanceof Fn && fn.hasArity(argCount)) return fn;
    }
    return null;
  }

  override hasArity(count: number): boolean {
    return this.#match(count) !== null;
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const fn = this.#match(args.length);
    if (fn !== null) return fn.invoke(ctx, args);
    return ctx.fail(CODE.ARITY, `No matching function arity found for arity ${args.length}`);
  }

  /** Each member with the locals it can see; null when there are none. */
  withEnvironment(environment: Vector | null): MultiFn {
    this.#checkCount();
    const members = this.members.toArray().map((member) => {
      return member instanceof Fn ? member.withEnvironment(environment) : member;
    });
    return new MultiFn(Vector.from(members));
  }

  printTo(sink: PrintSink): boolean {
    if (!sink.text("(fn")) return false;
    for (const member of this.members) {
      if (!sink.text(" ")) return false;
      if (!(member instanceof Fn)) {
        // Whatever else stands here prints as nil (vectors/mutants; sheet 01 §17 says otherwise).
        if (!sink.value(null)) return false;
      } else if (!(sink.text("(") && member.printArity(sink) && sink.text(")"))) {
        return false;
      }
    }
    return sink.text(")");
  }

  override get tag(): number {
    return OP_TAG.FUNCTION;
  }
  override get slotCount(): number {
    return this.members.slotCount;
  }
  override slotAt(index: number): Slot {
    return this.members.slotAt(index);
  }
  override fillSlot(index: number, value: Value): void {
    this.members.fillSlot(index, value);
  }
  override measure(): number {
    return 1 + this.members.bodyLength();
  }
  override writeTo(w: Writer): void {
    w.byte(OP_TAG.FUNCTION);
    this.members.writeBody(w);
  }
}
