// Programs in which most arguments are of the type that a function wants, so that they get far:
// folds that keep their arguments, closures, collections of collections, text, code as data,
// accounts and actors.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { anyValue } from "./function-programs.ts";
import { PRODUCERS, type Producer, TYPES, type Type } from "./typed-pieces.ts";

/** One in how many expressions is of another type than wanted. */
const WRONG = 40;
const ANY = 60;
const TEXT_MAX = 6000;

interface Local {
  readonly name: string;
  readonly type: Type;
}

/** Makes expressions of a type, in which the names around them may occur. */
export class TypedMaker {
  readonly random: CaseRandom;
  #locals: Local[] = [];
  #named = 0;

  constructor(random: CaseRandom) {
    this.random = random;
  }

  /** An expression of a type, at most so deep. */
  make(type: Type, depth: number): string {
    const { random } = this;
    if (random.oneIn(ANY)) return anyValue(random);
    const wanted = random.oneIn(WRONG) ? random.pick(TYPES) : type;
    const named = this.#locals.filter((local) => local.type === wanted);
    if (named.length > 0 && random.oneIn(depth > 0 ? 4 : 2)) return random.pick(named).name;
    const { leaves, calls } = PRODUCERS[wanted];
    return this.#made(random.pick(depth > 0 && !random.oneIn(6) ? calls : leaves), depth - 1);
  }

  #made(producer: Producer, depth: number): string {
    return typeof producer === "string" ? this.#filled(producer, depth) : producer(this, depth);
  }

  /** A text with each `%type` replaced by an expression of that type. */
  #filled(text: string, depth: number): string {
    return text.replace(/%([a-z]+)/g, (_, type: Type) => this.make(type, depth));
  }

  /** A new name, and what is made while it stands for a value of a type. */
  within(types: readonly Type[], make: (names: readonly string[]) => string): string {
    const names = types.map(() => this.#name());
    const outer = this.#locals;
    this.#locals = [...outer, ...types.map((type, i) => ({ type, name: names[i] as string }))];
    const made = make(names);
    this.#locals = outer;
    return made;
  }

  /** What is made where none of the names around it stand for anything. */
  apart(make: () => string): string {
    const outer = this.#locals;
    this.#locals = [];
    const made = make();
    this.#locals = outer;
    return made;
  }

  #name(): string {
    this.#named++;
    return `x${this.#named}`;
  }
}

export function typedProgram(random: CaseRandom): Case {
  for (;;) {
    const maker = new TypedMaker(random);
    const source = maker.make(random.pick(TYPES), 3 + random.below(4));
    if (source.length <= TEXT_MAX) return expression(source);
  }
}
