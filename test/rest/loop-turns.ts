// How often other events come in while something is done.

/** Counts the turns of the event loop from now on, until `end` is called. */
export class LoopTurns {
  count = 0;
  #isOver = false;

  constructor() {
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.count++;
    if (!this.#isOver) setImmediate(() => this.#turn());
  }

  end(): void {
    this.#isOver = true;
  }
}
