// The time of a simulation: what is to happen, in the order of its moment; idle time is skipped.
// What falls on the same moment happens in the order in which it was planned, so that a run depends
// on nothing else.

interface Appointment {
  readonly at: number;
  readonly number: number;
  readonly task: () => void;
}

export class Timeline {
  /** Milliseconds since 1970 in the simulated world; every peer's clock differs from it. */
  now: number;
  readonly #heap: Appointment[] = [];
  #count = 0;

  constructor(startMs: number) {
    this.now = startMs;
  }

  /** Plans a task for a moment; one that has passed means now. */
  at(moment: number, task: () => void): void {
    const heap = this.#heap;
    const added = { at: Math.max(moment, this.now), number: this.#count++, task };
    let i = heap.length;
    heap.push(added);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent] as Appointment, added)) break;
      heap[i] = heap[parent] as Appointment;
      i = parent;
    }
    heap[i] = added;
  }

  after(delayMs: number, task: () => void): void {
    this.at(this.now + delayMs, task);
  }

  /** Lets everything happen up to a moment, unless `isOver` says that enough has. */
  run(until: number, isOver: () => boolean = () => false): void {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) break;
      this.#removeFirst();
      this.now = next.at;
      next.task();
      if (isOver()) return;
    }
    this.now = Math.max(this.now, until);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Appointment;
    const size = heap.length;
    if (size === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && isBefore(heap[right] as Appointment, heap[child] as Appointment)) {
        child = right;
      }
      if (isBefore(last, heap[child] as Appointment)) break;
      heap[i] = heap[child] as Appointment;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
