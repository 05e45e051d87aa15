// What happened in a run, as one number: two runs with the same transcript had the same messages at
// the same moments.

const MASK = (1n << 64n) - 1n;

export class Transcript {
  #hash = 0n;

  message(at: number, from: number, to: number, payload: Uint8Array): void {
    this.#mix(BigInt(Math.round(at * 1_000)));
    this.#hash = Bun.hash.wyhash(payload, this.#hash ^ BigInt(from * 256 + to));
  }

  note(text: string): void {
    this.#hash = Bun.hash.wyhash(text, this.#hash);
  }

  #mix(value: bigint): void {
    this.#hash = (this.#hash * 0x9e3779b97f4a7c15n + value) & MASK;
  }

  get digest(): string {
    return this.#hash.toString(16).padStart(16, "0");
  }
}
