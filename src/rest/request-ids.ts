// Ids of Results: the reference's API talks to its peer in messages with ids that count up, and a
// Result in CVX or CAD3 shows its own. Clients do not rely on them.

import type { Result } from "../state/result.ts";

export class RequestIds {
  #next = 0;

  /** The Result with the next id. */
  stamp(result: Result): Result {
    return result.withId(this.#next++);
  }
}
