// What reading a request and writing its answer need of it. hono's Context is an Exchange; for the
// routes that are asked most there is one that costs less.

export interface Exchange {
  readonly req: {
    readonly raw: Request;
    /** A header by its name in lower case. */
    header(name: string): string | undefined;
  };
}

class PlainRequest {
  readonly raw: Request;
  constructor(raw: Request) {
    this.raw = raw;
  }
  header(name: string): string | undefined {
    return this.raw.headers.get(name) ?? undefined;
  }
}

/** An Exchange for who has no hono Context. */
export function exchangeOf(request: Request): Exchange {
  return { req: new PlainRequest(request) };
}
