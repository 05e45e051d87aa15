// Which web pages may talk to the MCP server: a browser lends its user's network position to any
// page, and with DNS rebinding also the name of the server. Programs that are no browsers send no
// origin.

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** An entry of the operator's list that is no origin. */
export class OriginError extends Error {}

export class OriginPolicy {
  readonly #allowed: ReadonlySet<string>;

  /** @param origins e.g. `https://app.example.org`; `*` for all. @throws OriginError */
  constructor(origins: readonly string[]) {
    for (const text of origins) {
      if (text === "*" || URL.parse(text)?.origin === text) continue;
      throw new OriginError(`expected an origin, e.g. https://app.example.org; found '${text}'`);
    }
    this.#allowed = new Set(origins);
  }

  /** @param host what the client calls this server, with port */
  allows(origin: string | undefined, host: string): boolean {
    if (origin === undefined || this.#allowed.has("*") || this.#allowed.has(origin)) return true;
    const page = URL.parse(origin);
    // A page of this server's own, under a name that nobody else can have.
    return page !== null && page.host === host && LOOPBACK_NAME.test(page.hostname);
  }
}
