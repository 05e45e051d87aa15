// Why an authority gives no certificate, in words that say what to do. Its problems are named by
// RFC 8555 §6.7.

/** What the authority says: the last part of its problem's name, and its own words. */
export interface AcmeProblem {
  readonly name: string;
  readonly detail: string;
  /** Seconds after which it may be asked again, null when it does not say. */
  readonly retryAfterS: number | null;
}

/** The message says what to do, for an operator. */
export class AcmeError extends Error {
  /** Seconds after which it may be asked again, null when it does not say. */
  readonly retryAfterS: number | null;
  constructor(message: string, retryAfterS: number | null) {
    super(message);
    this.retryAfterS = retryAfterS;
  }
}

interface Case {
  readonly domains: readonly string[];
  /**
   * Port on which the authority looks for the challenge, and the one of this peer that has to be
   * there.
   */
  readonly ports: { readonly authority: number; readonly own: number };
  /** Addresses that the domains have as this machine sees it. */
  readonly addresses: readonly string[];
}

function standing({ domains, addresses }: Case): string {
  const names = domains.join(", ");
  if (addresses.length === 0) return `${names} has no address as far as this machine can see`;
  return `${names} leads to ${addresses.join(", ")}`;
}

const ADVICE: ReadonlyMap<string, (one: Case) => string> = new Map<string, (one: Case) => string>([
  ["dns", (one) => `${standing(one)}: give it an A or AAAA record with this machine's address`],
  [
    "connection",
    (one) =>
      `the authority can't reach this peer: ${standing(one)}; port ${one.ports.authority} there must lead to ` +
      `port ${one.ports.own} of this peer, through every firewall`,
  ],
  [
    "unauthorized",
    (one) =>
      `what answers for the domain is not this peer: ${standing(one)}; check in DNS that each of its A and ` +
      "AAAA records is an address of this machine, and that there port " +
      `${one.ports.authority} leads to port ${one.ports.own} of this peer, not to another server or a proxy`,
  ],
  ["rateLimited", () => "the authority has given too many; it is asked again when it allows it"],
  ["rejectedIdentifier", () => "the authority gives no certificates for this domain: see --domain"],
  ["caa", () => "a CAA record of the domain forbids this authority: change it"],
  ["tls", () => "the authority can't speak TLS with this peer"],
  ["invalidContact", () => "the authority does not take the address: see --acme-email"],
  [
    "accountDoesNotExist",
    () => "the authority has forgotten the account; the next attempt makes another",
  ],
  [
    "externalAccountRequired",
    () => "this authority only serves accounts of its own: choose another",
  ],
]);

/** What went wrong, and what helps. */
export function acmeError(problem: AcmeProblem, about: Case): AcmeError {
  const { name, detail, retryAfterS } = problem;
  const advice = ADVICE.get(name)?.(about) ?? "see what the authority says";
  const when = retryAfterS === null ? "" : `; again in ${retryAfterS} s`;
  const words = `No certificate for ${about.domains.join(", ")}: ${advice}${when}. `;
  return new AcmeError(`${words}The authority says: ${detail} (${name})`, retryAfterS);
}
