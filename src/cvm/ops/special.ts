// The ops of special symbols, which read a register: `e5 VLQ(code)`, 10 juice after reading (sheet
// 02 §4).

import type { Value } from "../../data/cell.ts";
import { CVMDouble } from "../../data/double.ts";
import { Index } from "../../data/index-map.ts";
import { CVMMap } from "../../data/map.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { ExtensionOp, OP_TAG } from "./op-cell.ts";

type Register = (ctx: Context) => Value;

/** Name and register by code: the codes are consensus. */
const REGISTERS: readonly (readonly [name: string, read: Register])[] = [
  ["*juice*", (ctx) => ctx.juice],
  ["*caller*", (ctx) => ctx.caller],
  ["*address*", (ctx) => ctx.address],
  ["*memory*", (ctx) => ctx.account().allowance],
  ["*balance*", (ctx) => ctx.account().balance],
  ["*origin*", (ctx) => ctx.origin],
  ["*result*", (ctx) => ctx.result],
  ["*timestamp*", (ctx) => ctx.state.timestamp],
  ["*depth*", (ctx) => ctx.depth - 1],
  ["*offer*", (ctx) => ctx.offer],
  ["*state*", (ctx) => ctx.state],
  ["*holdings*", (ctx) => ctx.account().holdings ?? Index.EMPTY],
  ["*sequence*", (ctx) => ctx.account().sequence],
  ["*key*", (ctx) => ctx.account().key],
  ["*juice-price*", (ctx) => ctx.state.juicePrice],
  ["*scope*", (ctx) => ctx.scope],
  ["*juice-limit*", (ctx) => ctx.juiceLimit],
  ["*controller*", (ctx) => ctx.account().controller],
  ["*env*", (ctx) => ctx.account().environment ?? CVMMap.EMPTY],
  ["*parent*", (ctx) => ctx.account().parent],
  ["*nop*", (ctx) => ctx.result],
  ["*memory-price*", (ctx) => memoryPrice(ctx)],
  ["*signer*", (ctx) => ctx.transaction.signer],
  ["*peer*", (ctx) => ctx.transaction.peer],
  ["*location*", (ctx) => ctx.location()],
];

/** Copper for a byte: the value of the memory pool by its size. */
function memoryPrice(ctx: Context): Value {
  const { memoryValue, memoryPool } = ctx.state;
  return CVMDouble.of(Number(memoryValue) / Number(memoryPool));
}

export class Special extends ExtensionOp {
  readonly specialCode: number;

  private constructor(specialCode: number) {
    super();
    this.specialCode = specialCode;
  }

  static readonly #all = REGISTERS.map((_, code) => new Special(code));
  static readonly #byName = new Map(Special.#all.map((special) => [special.name, special]));

  /** The special of a code; null when there is none. */
  static ofCode(code: number | bigint): Special | null {
    return Special.#all[Number(code)] ?? null;
  }

  /** The special of a name like `*juice*`; null when there is none. */
  static ofName(name: string): Special | null {
    return Special.#byName.get(name) ?? null;
  }

  get name(): string {
    return (REGISTERS[this.specialCode] as (typeof REGISTERS)[number])[0];
  }

  protected override run(ctx: Context): Outcome {
    const [, read] = REGISTERS[this.specialCode] as (typeof REGISTERS)[number];
    return ctx.withResult(JUICE.SPECIAL, read(ctx));
  }

  override printTo(sink: PrintSink): boolean {
    return sink.text(this.name);
  }

  override get tag(): number {
    return OP_TAG.SPECIAL;
  }
  protected override get operand(): number {
    return this.specialCode;
  }
}
