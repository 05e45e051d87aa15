// Functions of several arities: `df VLQ(n) R(fn)…` (sheet 02 §3, §5). Any number of members
// decodes, and it makes no difference to the juice of a call or of a closure. So members are looked
// through only once, and get the environment of a closure only when they are called or encoded.

import type { Slot, Value } from "../../data/cell.ts";
import { BadStructureError } from "../../data/errors.ts";
import { doWork } from "../../data/free-work.ts";
import { checkNesting, NestingError } from "../../data/nesting.ts";
import type { PrintSink } from "../../data/printable.ts";
import { Vector } from "../../data/vector.ts";
import { withMapped } from "../../data/vector-damaged.ts";
import { isSound } from "../../data/vector-sound.ts";
import type { Writer } from "../../data/writer.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { HostError, type Outcome } from "../exits.ts";
import { OP_TAG } from "../ops/op-cell.ts";
import { Fn, PARAMS_MAX } from "./fn.ts";
import { FunctionValue } from "./function-value.ts";

/** Most members of a function that is used. */
export const MULTI_FN_MEMBERS_MAX = 2 ** 16;

/** Units of work (data/free-work.ts) of looking at a member, and of making a closure of one. */
const MEMBER_WORK = 20;
const CLOSURE_WORK = 1000;

/** Which member takes how many arguments: the first one that can. */
interface Arities {
  /** Index of the first member of exactly that arity. */
  readonly exact: ReadonlyMap<number, number>;
  /** Variadic members (`min` arguments or more), without those after one of less or equal `min`. */
  readonly variadic: readonly { readonly min: number; readonly index: number }[];
  /**
   * The first member whose arity can't be found out, and the error; later ones are not looked at.
   */
  readonly broken: { readonly index: number; readonly error: Error } | null;
  /** How deep functions of several arities nest among those that were looked at. */
  readonly height: number;
}

/** What is found out once for a template and all closures made of it, null until then. */
interface Shared {
  arities: Arities | null;
  /** Whether no member is a MultiFn itself. */
  isFlat: boolean | null;
}

export class MultiFn extends FunctionValue {
  /** Members of the template that closures are made of. */
  readonly #template: Vector;
  /** The environment of this closure; undefined for the template itself. */
  readonly #environment: Vector | undefined;
  readonly #shared: Shared;
  #members: Vector | null = null;

  constructor(
    members: Vector,
    environment?: Vector,
    shared: Shared = { arities: null, isFlat: null },
  ) {
    super();
    this.#template = members;
    this.#environment = environment;
    this.#shared = shared;
  }

  /** The members, closed over the environment. One that is no function never matches (T6). */
  get members(): Vector {
    if (this.#environment === undefined) return this.#template;
    if (this.#members === null) {
      const members = this.#template.toArray().map((member) => this.#closed(member));
      this.#members = Vector.from(members);
    }
    return this.#members;
  }

  /** A member of the template, closed over the environment; nil for what is no function. */
  #closed(member: Value): Value {
    const environment = this.#environment;
    if (environment === undefined) return member;
    return isClosure(member) ? member.withEnvironment(environment) : null;
  }

  /**
   * Index of the member that takes `count` arguments, or -1. @throws what a broken member throws
   */
  #match(count: number): number {
    doWork(Math.min(this.#template.count, MULTI_FN_MEMBERS_MAX) * MEMBER_WORK);
    const { exact, variadic, broken } = this.#arities();
    let index = exact.get(count) ?? Number.POSITIVE_INFINITY;
    const open = variadic[firstOpen(variadic, count)];
    if (open !== undefined) index = Math.min(index, open.index);
    if (broken !== null && broken.index < index) throw broken.error;
    return index === Number.POSITIVE_INFINITY ? -1 : index;
  }

  /** @throws NestingError, whatever was found out before */
  #arities(depth = 0): Arities {
    checkNesting(depth);
    this.#shared.arities ??= MultiFn.#aritiesOf(this.#template, depth);
    checkNesting(depth + this.#shared.arities.height);
    return this.#shared.arities;
  }

  static #aritiesOf(members: Vector, depth: number): Arities {
    const table = new ArityTable();
    for (let index = 0; index < members.count && table.broken === null; index++) {
      try {
        if (index >= MULTI_FN_MEMBERS_MAX) throw tooMany(members);
        const member = members.get(index);
        if (member instanceof Fn) table.addFn(index, member);
        else if (member instanceof MultiFn) table.addAll(index, member.#arities(depth + 1));
      } catch (error) {
        const isKept = error instanceof HostError || error instanceof BadStructureError;
        if (!isKept || error instanceof NestingError) throw error;
        table.broken = { index, error };
      }
    }
    return table;
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const index = this.#match(args.length);
    if (index < 0) {
      return ctx.fail(CODE.ARITY, `No matching function arity found for arity ${args.length}`);
    }
    const members = this.#members ?? this.#template;
    const member = members.get(index);
    const closure = this.#members === null ? this.#closed(member) : member;
    return (closure as Fn | MultiFn).invoke(ctx, args);
  }

  /**
   * The closure of this function over some locals. Members that are no functions become nil; of a
   * hand-made Vector of members all that are there are closed (T47).
   * @throws HostError above MULTI_FN_MEMBERS_MAX members
   * @throws VectorFaultError of a hand-made Vector, NestingError
   */
  withEnvironment(environment: Vector, depth = 0): MultiFn {
    checkNesting(depth);
    const members = this.#template;
    if (isSound(members)) {
      if (members.count > MULTI_FN_MEMBERS_MAX) throw tooMany(members);
      doWork(members.count * CLOSURE_WORK);
      // Not lazily with a MultiFn among them: what is wrong in that has to show at once.
      this.#shared.isFlat ??= !members.toArray().some((member) => member instanceof MultiFn);
      if (this.#shared.isFlat) return new MultiFn(members, environment, this.#shared);
    }
    return new MultiFn(
      withMapped(members, (member) => {
        doWork(CLOSURE_WORK);
        return isClosure(member) ? member.withEnvironment(environment, depth + 1) : null;
      }),
    );
  }

  printTo(sink: PrintSink): boolean {
    return sink.text("(fn ") && this.printArity(sink) && sink.text(")");
  }

  /** Prints the members, nil for those that are no functions. */
  printArity(sink: PrintSink): boolean {
    let isFirst = true;
    for (const member of this.#template) {
      if (!isFirst && !sink.text(" ")) return false;
      isFirst = false;
      if (!isClosure(member)) {
        if (!sink.value(null)) return false;
      } else {
        const isPrinted = sink.text("(") && sink.nested(() => member.printArity(sink));
        if (!(isPrinted && sink.text(")"))) return false;
      }
    }
    return sink.withinLimit;
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

function tooMany(members: Vector): HostError {
  return new HostError(`A function of ${members.count} arities`);
}

/**
 * Index in `variadic` of the first member that takes `count` arguments; they are in descending
 * order of `min`.
 */
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

function isClosure(member: Value): member is Fn | MultiFn {
  return member instanceof Fn || member instanceof MultiFn;
}

/** Collects the Arities of members, which are added in order. */
class ArityTable implements Arities {
  readonly exact = new Map<number, number>();
  readonly variadic: { min: number; index: number }[] = [];
  broken: { index: number; error: Error } | null = null;
  height = 0;
  #least = Number.POSITIVE_INFINITY;
  #params = 0;

  /** @throws HostError above PARAMS_MAX parameters in all */
  addFn(index: number, fn: Fn): void {
    if (!(fn.params instanceof Vector)) {
      this.broken = { index, error: new HostError("A function without parameters") };
      return;
    }
    this.#params += fn.params.count;
    if (this.#params > PARAMS_MAX) throw new HostError("A function of too many parameters");
    const { min, isVariadic } = fn.arity;
    if (isVariadic) this.#addVariadic(index, min);
    else this.#addExact(index, min);
  }

  /** Adds a member that is a MultiFn itself, with its Arities. */
  addAll(index: number, { exact, variadic, broken, height }: Arities): void {
    this.height = Math.max(this.height, height + 1);
    const end = broken?.index ?? Number.POSITIVE_INFINITY;
    for (const [count, inner] of exact) if (inner < end) this.#addExact(index, count);
    for (const each of variadic) if (each.index < end) this.#addVariadic(index, each.min);
    if (broken !== null) this.broken = { index, error: broken.error };
  }

  #addExact(index: number, count: number): void {
    if (!this.exact.has(count)) this.exact.set(count, index);
  }

  #addVariadic(index: number, min: number): void {
    if (min >= this.#least) return;
    this.variadic.push({ min, index });
    this.#least = min;
  }
}
