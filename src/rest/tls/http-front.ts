// The port of plain HTTP beside HTTPS: it answers challenges by which an authority checks that this
// machine has the domain (RFC 8555 §8.3), and sends everybody else to HTTPS.

const CHALLENGE_PATH = "/.well-known/acme-challenge/";
/** Challenges at a time: one for each domain. */
const CHALLENGES_MAX = 100;

export class Challenges {
  readonly #answers = new Map<string, string>();

  add(token: string, answer: string): void {
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= CHALLENGES_MAX && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(token, answer);
  }

  remove(token: string): void {
    this.#answers.delete(token);
  }

  /** The answer to a request for a challenge; null for any other request. */
  answer(path: string): Response | null {
    if (!path.startsWith(CHALLENGE_PATH)) return null;
    const answer = this.#answers.get(path.slice(CHALLENGE_PATH.length));
    if (answer === undefined) return new Response("No such challenge\n", { status: 404 });
    return new Response(answer, { headers: { "Content-Type": "application/octet-stream" } });
  }
}

/** A name or an address, with or without port. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i;

/** The same address over HTTPS; null when the request names no host. */
function secureUrl({ pathname, search }: URL, host: string | null, port: number): string | null {
  if (host === null || !HOST.test(host)) return null;
  const name = URL.parse(`http://${host}`)?.hostname;
  if (name === undefined) return null;
  return `https://${name}${port === 443 ? "" : `:${port}`}${pathname}${search}`;
}

/** Answers a request on the port of plain HTTP. */
export function frontResponse(
  request: Request,
  challenges: Challenges,
  httpsPort: number,
): Response {
  // With a Host header that makes no address there is none.
  const url = URL.parse(request.url);
  const challenge = url === null ? null : challenges.answer(url.pathname);
  if (challenge !== null) return challenge;
  const location = url === null ? null : secureUrl(url, request.headers.get("host"), httpsPort);
  if (location === null) return new Response("Use HTTPS\n", { status: 400 });
  // 308 keeps method and body.
  return new Response(null, { status: 308, headers: { Location: location } });
}
