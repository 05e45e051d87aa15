// Functions of several arities: `df VLQ(n) R(fn)…` (sheet 02 §3, §5). Any number of members decodes,
// and neither choosing one nor making a closure costs juice by their number: members are looked
// through once, and get their environment only when they are called or encoded.

import type { Slot, Value } from "../data/cell.ts";
import { doWork } from "../data/free-work.ts";
import type { PrintSink } from "../data/printable.ts";
import { Vector } from "../data/vector.ts";
import type { Writer } from "../data/writer.ts";
import type { Context } from "./context.ts";
import { CODE } from "./error-code.ts";
import { HostError, type Outcome } from "./exits.ts";
import { Fn, PARAMS_MAX } from "./fn.ts";
import { FunctionValue } from "./function-value.ts";
import { OP_TAG } from "./ops/op-cell.ts";

/** Most members of a function that is used. */
export const MULTI_FN_MEMBERS_MAX = 2 ** 16;

/** Units of work (data/free-work.ts) of looking at a member, and of making a closure of one. */
const MEMBER_WORK = 20;
const CLOSURE_WORK = 1000;

/** Which member takes how many arguments; the first that does is called. */
interface Arities {
  /** Index of the first member of exactly that arity. */
  readonly exact: ReadonlyMap<number, number>;
  /** Members of any arity from `min` up, those left out that come behind one of less. */
  readonly variadic: readonly { readonly min: number; readonly index: number }[];
  /** Index of the first member that cannot be asked, with what asking it throws. */
  readonly broken: { readonly index: number; readonly error: HostError } | null;
}

export class MultiFn extends FunctionValue {
  /** Members of the template that closures are made of. */
  readonly #template: Vector;
  /** What the template's members see in this closure; undefined for the template itself. */
  readonly #environment: Vector | null | undefined;
  readonly #arities: { found: Arities | null };
  #members: Vector | null = null;

  constructor(
    members: Vector,
    environment?: Vector | null,
    arities: { found: Arities | null } = { found: null },
  ) {
    super();
    this.#template = members;
    this.#environment = environment;
    this.#arities = arities;
  }

  /** Members; those that are no Fn never match (T6). */
  get members(): Vector {
    if (this.#environment === undefined) return this.#template;
    if (this.#members === null) {
      const members = this.#template.toArray().map((member) => this.#closed(member));
      this.#members = Vector.from(members);
    }
    return this.#members;
  }

  #closed(member: Value): Value {
    const environment = this.#environment;
    if (environment === undefined || !(member instanceof Fn)) return member;
    return member.withEnvironment(environment);
  }

  /** Index of the member that takes so many arguments, -1 when none does. */
  #match(count: number): number {
    doWork(this.#template.count * MEMBER_WORK);
    this.#arities.found ??= aritiesOf(this.#template);
    const { exact, variadic, broken } = this.#arities.found;
    let index = exact.get(count) ?? Number.POSITIVE_INFINITY;
    const open = variadic[firstOpen(variadic, count)];
    if (open !== undefined) index = Math.min(index, open.index);
    if (broken !== null && broken.index < index) throw broken.error;
    return index === Number.POSITIVE_INFINITY ? -1 : index;
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const index = this.#match(args.length);
    if (index < 0) {
      return ctx.fail(CODE.ARITY, `No matching function arity found for arity ${args.length}`);
    }
    const members = this.#members ?? this.#template;
    const member = members.get(index);
    return ((this.#members === null ? this.#closed(member) : member) as Fn).invoke(ctx, args);
  }

  /**
   * Each member with the locals it can see; null when there are none.
   * @throws HostError above MULTI_FN_MEMBERS_MAX members
   */
  withEnvironment(environment: Vector | null): MultiFn {
    checkCount(this.#template);
    doWork(this.#template.count * CLOSURE_WORK);
    return new MultiFn(this.#template, environment, this.#arities);
  }

  printTo(sink: PrintSink): boolean {
    if (!sink.text("(fn")) return false;
    for (const member of this.#template) {
      if (!sink.text(" ")) return false;
      if (!(member instanceof Fn)) {
        // The reference keeps only the members that are functions, and nil for the others.
        if (!sink.text("nil")) return false;
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

/** @throws HostError above MULTI_FN_MEMBERS_MAX; above PARAMS_MAX in all when it is asked */
function checkCount(members: Vector): void {
  if (members.count <= MULTI_FN_MEMBERS_MAX) return;
  throw new HostError(`A function of ${members.count} arities`);
}

/** Index of the first variadic member that takes so many arguments; they stand in descending order. */
function firstOpen(variadic: Arities["variadic"], count: number): number {
  let low = 0;
  let high = variadic.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((variadic[middle] as { min: number }).min <= count) high = middle;
    else low = middle + 1;
  }
  return low;
}

function aritiesOf(members: Vector): Arities {
  checkCount(members);
  const exact = new Map<number, number>();
  const variadic: { min: number; index: number }[] = [];
  let least = Number.POSITIVE_INFINITY;
  let index = -1;
  let params = 0;
  for (const member of members) {
    index++;
    if (!(member instanceof Fn)) continue;
    if (!(member.params instanceof Vector)) {
      const error = new HostError("A function without parameters");
      return { exact, variadic, broken: { index, error } };
    }
    params += member.params.count;
    if (params > PARAMS_MAX) throw new HostError("A function of too many parameters");
    const { min, isVariadic } = member.arity;
    if (!isVariadic) {
      if (!exact.has(min)) exact.set(min, index);
    } else if (min < least) {
      variadic.push({ min, index });
      least = min;
    }
  }
  return { exact, variadic, broken: null };
}
