// Certificates by ACME (RFC 8555) with the library acme-client, by challenge HTTP-01, or
// TLS-ALPN-01 where there is no port of plain HTTP.

import { createPrivateKey } from "node:crypto";
import { lookup } from "node:dns/promises";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import * as v from "valibot";
import { replaceSecretFile } from "../../keys/secret-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { AcmeError, type AcmeProblem, acmeError } from "./acme-error.ts";
import { type Certificate, certificateOf, readCertificate } from "./certificate.ts";
import type { RenewalAdvice } from "./certificate-renewal.ts";
import type { ChallengePort } from "./challenge-port.ts";
import type { Challenges } from "./http-front.ts";
import { renewalAdvice } from "./renewal-info.ts";

export const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

const ACCOUNT_FILE = "account.json";
/** Chain and key in one file, so that they are exchanged together. */
const CERTIFICATE_FILE = "certificate.pem";
/** What it says of an account that it does not know, or no more. */
const NO_ACCOUNT = "accountDoesNotExist";
const PROBLEM = /^urn:ietf:params:acme:error:(\w+)$/;
/** Longest that one request to the authority may take. */
const REQUEST_TIMEOUT_MS = 30_000;
const POLL_ATTEMPTS = 12;
const POLL_MAX_MS = 10_000;

/** Where challenges are answered, and at which port of this peer. */
export type ChallengeAnswers =
  | { readonly type: "http-01"; readonly challenges: Challenges; readonly port: number }
  | { readonly type: "tls-alpn-01"; readonly challenges: ChallengePort; readonly port: number };

export interface AcmeOptions {
  readonly domains: readonly string[];
  /** URL of the authority's directory. */
  readonly directory: string;
  /** PEM of who vouches for the authority itself, for those of one's own. */
  readonly authorityPem: string | null;
  readonly email: string | null;
  /** Folder that keeps account, certificate and keys. */
  readonly folder: string;
  readonly answers: ChallengeAnswers;
  /** Milliseconds between looks at the authority's progress. */
  readonly pollMs?: number;
}

/** The certificate kept from before; null when there is none that still fits. */
export function keptCertificate({ folder, domains }: AcmeOptions): Certificate | null {
  const path = join(folder, CERTIFICATE_FILE);
  if (!existsSync(path)) return null;
  const kept = readCertificate(path, path);
  return domains.every((domain) => kept.names.includes(domain)) ? kept : null;
}

/** Whether a text is a private key in PEM: with a damaged one every attempt would fail. */
function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === "private";
  } catch {
    return false;
  }
}

const ACCOUNT = v.object({
  directory: v.string(),
  url: v.pipe(v.string(), v.url()),
  key: v.pipe(v.string(), v.check(isKey)),
});
type Account = v.InferOutput<typeof ACCOUNT>;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The authority's port and this peer's. */
function portsOf({ type, port }: ChallengeAnswers) {
  return { authority: type === "http-01" ? 80 : 443, own: port };
}

type Acme = typeof import("acme-client");

/** A problem document (RFC 7807), or an object that has one. */
function problemIn(data: unknown, retryAfter: unknown): AcmeProblem | null {
  if (typeof data !== "object" || data === null) return null;
  const { error, type, detail } = data as Record<string, unknown>;
  if (error !== undefined) return problemIn(error, retryAfter);
  const name = typeof type === "string" ? PROBLEM.exec(type)?.[1] : undefined;
  if (name === undefined) return null;
  return { name, detail: String(detail ?? "nothing more"), retryAfterS: secondsOf(retryAfter) };
}

/** Retry-After: seconds or a date. */
function secondsOf(header: unknown): number | null {
  if (typeof header !== "string") return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

async function addressesOf(domains: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    domains.map((domain) => lookup(domain, { all: true }).catch(() => [])),
  );
  return [...new Set(found.flat().map(({ address }) => address))];
}

export class AcmeAuthority {
  readonly #options: AcmeOptions;
  #problem: AcmeProblem | null = null;
  #library: Promise<Acme> | null = null;

  constructor(options: AcmeOptions) {
    this.#options = options;
  }

  /** Gets a new certificate. @throws AcmeError with what helps */
  async issue(): Promise<Certificate> {
    this.#library ??= this.#load();
    const acme = await this.#library;
    this.#problem = null;
    try {
      return await this.#order(acme);
    } catch (error) {
      throw await this.#explained(error);
    }
  }

  /** Writes a certificate into the folder. @throws SecretFileError */
  keep({ chain, key }: Certificate): void {
    replaceSecretFile(join(this.#options.folder, CERTIFICATE_FILE), `${chain}\n${key}`);
  }

  /** When the authority wants this certificate renewed. @throws AcmeError when it can't be asked */
  async advice(certificate: Certificate): Promise<RenewalAdvice | null> {
    const { directory, authorityPem, domains } = this.#options;
    try {
      return await renewalAdvice(certificate, { directory, authorityPem });
    } catch (error) {
      const rest = "it is renewed when two thirds of its life are over";
      const whose = `No advice on when to renew the certificate for ${domains.join(", ")}`;
      throw new AcmeError(`${whose}: ${wordsOf(error)}; ${rest}`, null);
    }
  }

  /** The library takes a while to load: who has a certificate of one's own does without. */
  async #load(): Promise<Acme> {
    const acme = await import("acme-client");
    const { axios } = acme;
    const ca = this.#options.authorityPem;
    // Without retries of the library's: it would wait as long as the authority says, in silence.
    (axios.defaults as unknown as Record<string, unknown>).acmeSettings = {
      retryMaxAttempts: 0,
      retryDefaultDelay: 1,
    };
    axios.defaults.timeout = REQUEST_TIMEOUT_MS;
    if (ca !== null) axios.defaults.httpsAgent = new Agent({ ca });
    axios.interceptors.response.use((response) => {
      this.#problem = problemIn(response.data, response.headers["retry-after"]) ?? this.#problem;
      return response;
    });
    return acme;
  }

  async #order(acme: Acme): Promise<Certificate> {
    const { domains, directory, email, folder, answers, pollMs = 1_000 } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const kept = this.#keptAccount();
    const accountKey = kept?.key ?? (await acme.crypto.createPrivateEcdsaKey()).toString();
    const client = new acme.Client({
      directoryUrl: directory,
      accountKey,
      ...(kept === null ? {} : { accountUrl: kept.url }),
      backoffAttempts: POLL_ATTEMPTS,
      backoffMin: pollMs,
      backoffMax: POLL_MAX_MS,
    });
    if (kept === null) {
      const contact = email === null ? {} : { contact: [`mailto:${email}`] };
      await client.createAccount({ termsOfServiceAgreed: true, ...contact });
      this.#keepAccount({ directory, url: client.getAccountUrl(), key: accountKey });
    }
    const [key, csr] = await acme.crypto.createCsr(
      { altNames: [...domains] },
      await acme.crypto.createPrivateEcdsaKey(),
    );
    const chain = await client.auto({
      csr,
      // The authority asks; asking oneself proves nothing behind a router.
      skipChallengeVerification: true,
      challengePriority: [answers.type],
      challengeCreateFn: async (authorization, challenge, answer) => {
        const wanted: string = answers.type;
        if (challenge.type !== wanted) {
          throw new Error(`the authority offers no challenge ${wanted.toUpperCase()}`);
        }
        if (answers.type === "http-01") answers.challenges.add(challenge.token, answer);
        else {
          const { value } = authorization.identifier;
          const { challengeCertificate } = await import("./challenge-certificate.ts");
          await answers.challenges.add(value, await challengeCertificate(value, answer));
        }
      },
      challengeRemoveFn: async ({ identifier }, { token }) => {
        if (answers.type === "http-01") answers.challenges.remove(token);
        else await answers.challenges.remove(identifier.value);
      },
    });
    return certificateOf(chain, key.toString(), "the authority's answer");
  }

  get #accountFile(): string {
    return join(this.#options.folder, ACCOUNT_FILE);
  }

  /** The account with this authority, null before there is a sound one. */
  #keptAccount(): Account | null {
    if (!existsSync(this.#accountFile)) return null;
    const kept = v.safeParse(ACCOUNT, jsonOf(readFileSync(this.#accountFile, "utf8")));
    return kept.success && kept.output.directory === this.#options.directory ? kept.output : null;
  }

  #keepAccount(account: Account): void {
    replaceSecretFile(this.#accountFile, JSON.stringify(account));
  }

  /** So that the next attempt makes another. What is to be said of that, "" when it has gone. */
  #forgetAccount(): string {
    try {
      rmSync(this.#accountFile, { force: true });
      return "";
    } catch (error) {
      const code = systemCode(error);
      if (code === "") throw error;
      return `. The account can't be forgotten (${code}): remove ${this.#accountFile}`;
    }
  }

  async #explained(error: unknown): Promise<AcmeError> {
    const { domains, answers } = this.#options;
    const problem = this.#problem;
    if (problem !== null) {
      const left = problem.name === NO_ACCOUNT ? this.#forgetAccount() : "";
      const addresses = await addressesOf(domains);
      const refused = acmeError(problem, { domains, ports: portsOf(answers), addresses });
      return new AcmeError(refused.message + left, refused.retryAfterS);
    }
    const reason = (await this.#unreachable()) ?? wordsOf(error);
    return new AcmeError(`No certificate for ${domains.join(", ")}: ${reason}`, null);
  }

  /** Why the authority can't be asked at all, null when it can. */
  async #unreachable(): Promise<string | null> {
    const { directory, authorityPem } = this.#options;
    try {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const tls = authorityPem === null ? {} : { ca: authorityPem };
      const response = await fetch(directory, { signal, tls });
      return response.ok ? null : `${directory} answers with status ${response.status}`;
    } catch (error) {
      return `the authority can't be asked: ${directory}: ${wordsOf(error)}`;
    }
  }
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
