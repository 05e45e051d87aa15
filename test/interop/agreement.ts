// What peers have come to: no two may differ in the State at one position.

export class Agreement {
  readonly #states = new Map<number, { state: string; who: string }>();
  readonly differences: string[] = [];
  positions = 0;

  report(who: string, position: number, state: string): void {
    const hex = state.replace(/^0x/, "");
    const known = this.#states.get(position);
    if (known === undefined) {
      this.#states.set(position, { state: hex, who });
    } else if (known.state !== hex) {
      this.differences.push(`position ${position}: ${known.who} ${known.state}, ${who} ${hex}`);
    } else if (known.who !== who) {
      this.positions++;
    }
  }
}

/** Resolves when the condition holds. @throws Error naming what did not come about */
export async function until(
  what: string,
  seconds: number,
  condition: () => Promise<boolean> | boolean,
): Promise<number> {
  const begun = performance.now();
  while (!(await condition())) {
    if (performance.now() - begun > seconds * 1_000) {
      throw new Error(`not within ${seconds} s: ${what}`);
    }
    await Bun.sleep(50);
  }
  return performance.now() - begun;
}
