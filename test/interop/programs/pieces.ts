// Pieces that generated programs are made of.

import type { CaseRandom } from "../../fuzz/random.ts";

/** A piece of text, made with chance. */
export type Piece = (random: CaseRandom) => string;

export function oneOf(random: CaseRandom, pieces: readonly Piece[]): string {
  return random.pick(pieces)(random);
}

export function times(count: number, make: () => string): string {
  return Array.from({ length: count }, make).join(" ");
}

/** A loop that puts n elements into a collection one by one. */
export function grown(n: number, empty: string, step: string): string {
  return `(loop [i 0 v ${empty}] (if (< i ${n}) (recur (inc i) ${step}) v))`;
}

export const vectorOf = (n: number): string => grown(n, "[]", "(conj v i)");
export const listOf = (n: number): string => grown(n, "'()", "(conj v i)");
export const setOf = (n: number): string => grown(n, "#{}", "(conj v i)");
export const mapOf = (n: number): string => grown(n, "{}", "(assoc v i i)");

/** A let of steps, each of which may use the names before it, with a body. */
export class Steps {
  readonly names: string[] = [];
  readonly #random: CaseRandom;
  readonly #bindings: string[] = [];

  constructor(random: CaseRandom) {
    this.#random = random;
  }

  add(value: string): void {
    const name = `n${this.names.length}`;
    this.#bindings.push(`${name} ${value}`);
    this.names.push(name);
  }

  /** One of the names so far. */
  any(): string {
    return this.#random.pick(this.names);
  }

  get last(): string {
    return this.names.at(-1) as string;
  }

  in(body: string): string {
    return `(let [${this.#bindings.join(" ")}] ${body})`;
  }

  /** The bindings as definitions, one a form. */
  get definitions(): string[] {
    return this.#bindings.map((binding) => `(def ${binding})`);
  }
}
