// Places for streams and WebSockets, which their clients hold for as long as they like. When all
// are taken, one who has at least two fewer than another gets one of that other's, so that nobody
// keeps all others out.

interface Place {
  readonly client: string;
  readonly end: () => void;
}

export class SharedPlaces {
  readonly #max: number;
  /** Of each client, the latest last. */
  readonly #byClient = new Map<string, Set<Place>>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * A place for a client, as what gives it back; null when nobody has two more than it.
   * @param end called when another one gets it
   */
  take(client: string, end: () => void): (() => void) | null {
    if (this.#taken >= this.#max) {
      const others = this.#mayGiveWay(client);
      if (others === null) return null;
      this.#endOne(others);
    }
    const place = { client, end };
    const own = this.#byClient.get(client) ?? new Set();
    this.#byClient.set(client, own.add(place));
    this.#taken++;
    return () => this.#giveBack(place);
  }

  /** Whether there is a place for a client, or one that another would have to give it. */
  hasPlaceFor(client: string): boolean {
    return this.#taken < this.#max || this.#mayGiveWay(client) !== null;
  }

  endAll(): void {
    for (const places of [...this.#byClient.values()]) for (const { end } of [...places]) end();
  }

  /** The places of who has most, if that are two more than the client has. */
  #mayGiveWay(client: string): ReadonlySet<Place> | null {
    let most: ReadonlySet<Place> = new Set<Place>();
    for (const places of this.#byClient.values()) if (places.size > most.size) most = places;
    const own = this.#byClient.get(client)?.size ?? 0;
    return most.size < own + 2 ? null : most;
  }

  /** Ends the latest of them. */
  #endOne(places: ReadonlySet<Place>): void {
    const latest = [...places].at(-1);
    if (latest === undefined) return;
    this.#giveBack(latest);
    latest.end();
  }

  #giveBack(place: Place): void {
    const own = this.#byClient.get(place.client);
    if (own?.delete(place) !== true) return;
    this.#taken--;
    if (own.size === 0) this.#byClient.delete(place.client);
  }
}
