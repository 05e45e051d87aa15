// Exits of CVM code (sheet 02 §6): an op or function that does not end with a value returns the
// sentinel EXIT, and what happened stands in `ctx.exit`. Exits are never thrown: they are part of
// consensus, and a returned sentinel is 30 times cheaper than an exception.

import type { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import { CVMString } from "../data/string.ts";
import type { FunctionValue } from "./call/function-value.ts";

export { HostError } from "../state/host-error.ts";

/** Returned instead of a value; the Exit is in `ctx.exit`. */
export const EXIT: unique symbol = Symbol("CVM exit");

/** What executing an op or invoking a function gives. */
export type Outcome = Value | typeof EXIT;

/** A line of an error trace. Its text is made only when somebody looks: errors can be frequent. */
export interface TraceLine {
  text(): string;
}

/** Message of an error: a value, or a text, which may be made only when somebody looks. */
export type Message = Value | string | (() => string);

/** Most characters of an error's trace, which is for people to read and no part of the State. */
const TRACE_LENGTH_MAX = 2 ** 18;

/** A catchable error: code and message are any values. */
export class ErrorExit {
  readonly code: Value;
  /** Account in which it was raised; null for errors made by a state boundary. */
  readonly address: Address | null;
  /** Innermost first. */
  readonly traceLines: TraceLine[] = [];
  #message: Message;

  constructor(code: Value, message: Message, address: Address | null) {
    this.code = code;
    this.#message = message;
    this.address = address;
  }

  get message(): Value {
    let message = this.#message;
    if (typeof message === "function") message = message();
    if (typeof message === "string") message = CVMString.of(message);
    this.#message = message;
    return message;
  }

  /** The first lines as text, up to TRACE_LENGTH_MAX: a single one can have 65,536 bytes. */
  get trace(): string[] {
    const lines: string[] = [];
    let length = 0;
    for (const line of this.traceLines) {
      const text = line.text();
      length += text.length;
      if (length > TRACE_LENGTH_MAX) break;
      lines.push(text);
    }
    return lines;
  }
}

/** Out of juice: uncatchable, everything up to the juice limit is used. */
export class FailureExit {
  readonly message = "Out of juice!";
}

/** Ends the innermost actor call, deploy, eval-as or transaction with a value; state is kept. */
export class HaltExit {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** Ends the innermost function with a value; outside of functions it is a halt. */
export class ReturnExit {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** As a halt, but the State goes back to what it was. */
export class RollbackExit {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** Runs the innermost loop or function again with these arguments. */
export class RecurExit {
  readonly args: Value[];
  constructor(args: Value[]) {
    this.args = args;
  }
}

/** Replaces the innermost function call by a call of another function. */
export class TailcallExit {
  readonly fn: FunctionValue;
  readonly args: Value[];
  constructor(fn: FunctionValue, args: Value[]) {
    this.fn = fn;
    this.args = args;
  }
}

/** Ends the innermost `reduce` with a value. */
export class ReducedExit {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

export type Exit =
  | ErrorExit
  | FailureExit
  | HaltExit
  | ReturnExit
  | RollbackExit
  | RecurExit
  | TailcallExit
  | ReducedExit;
