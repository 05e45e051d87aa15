// What happened in a run, as one number: two runs with the same transcript had the same messages at
// the same moments.

const GOLDEN = 0x9e3779b1;

export class Transcript {
  /** Of what was said: each hash begins with the one before. */
  #said = 0;
  /** Of that, and of when, by whom and to whom. */
  #hash = 0;

  message(at: number, from: number, to: number, payload: Uint8Array): void {
    this.#said = Bun.hash.xxHash32(payload, this.#said);
    const micros = Math.round(at * 1_000);
    this.#mix(micros % 2 ** 32);
    this.#mix(micros / 2 ** 32);
    this.#mix(from * 256 + to);
    this.#mix(this.#said);
  }

  note(text: string): void {
    this.#said = Bun.hash.xxHash32(text, this.#said);
    this.#mix(this.#said);
  }

  #mix(value: number): void {
    const mixed = Math.imul(this.#hash ^ value, GOLDEN);
    this.#hash = mixed ^ (mixed >>> 15);
  }

  get digest(): string {
    return [this.#hash, this.#said].map((n) => (n >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
