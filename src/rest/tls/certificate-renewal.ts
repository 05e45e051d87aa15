// A certificate from an authority: the one kept from before while it lasts, a new one when two thirds of
// its life are over, and when there is none, at once. After a failure it is asked for again, ever less
// often: authorities count failures (Let's Encrypt allows five an hour).

import type { Clock } from "../../peer/clock.ts";
import { AcmeError } from "./acme-error.ts";
import { type Certificate, CertificateError } from "./certificate.ts";
import type { CertificateEvents, CertificateSource } from "./certificate-source.ts";

/** Part of its life after which a certificate is renewed. */
const RENEWAL_PART = 2 / 3;
const FIRST_RETRY_MS = 5 * 60_000;
const RETRY_MAX_MS = 6 * 3_600_000;
/** Timers hold no more than 24 days. */
const APPOINTMENT_MAX_MS = 24 * 3_600_000;

/** What gives certificates. */
export interface Authority {
  /** @throws AcmeError */
  issue(): Promise<Certificate>;
}

export interface RenewalOptions {
  readonly authority: Authority;
  /** The certificate kept from before, null when there is none. @throws CertificateError */
  readonly kept: () => Certificate | null;
  readonly clock: Clock;
  readonly firstRetryMs?: number;
}

export class CertificateRenewal implements CertificateSource {
  readonly #options: RenewalOptions;
  #current: Certificate | null = null;
  #retryAtMs = 0;
  #failures = 0;
  #cancel: (() => void) | null = null;
  #isStopped = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  start(events: CertificateEvents): void {
    const kept = this.#kept(events);
    if (kept !== null && kept.endsMs > this.#options.clock.now()) this.#take(kept, events);
    this.#appoint(events);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #kept({ say }: CertificateEvents): Certificate | null {
    try {
      return this.#options.kept();
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      say(`The certificate kept from before is no use: ${error.message}`);
      return null;
    }
  }

  #take(certificate: Certificate, { onCertificate }: CertificateEvents): void {
    this.#current = certificate;
    onCertificate(certificate);
  }

  /** When the next certificate is asked for. */
  #dueMs(): number {
    const current = this.#current;
    const dueMs =
      current === null ? 0 : current.beginsMs + RENEWAL_PART * (current.endsMs - current.beginsMs);
    return Math.max(dueMs, this.#retryAtMs);
  }

  #appoint(events: CertificateEvents): void {
    if (this.#isStopped) return;
    const waitMs = Math.max(0, this.#dueMs() - this.#options.clock.now());
    const step = Math.min(waitMs, APPOINTMENT_MAX_MS);
    this.#cancel = this.#options.clock.after(Math.max(1, step), () => {
      if (this.#dueMs() > this.#options.clock.now()) this.#appoint(events);
      else void this.#renew(events);
    });
  }

  async #renew(events: CertificateEvents): Promise<void> {
    const { authority, clock, firstRetryMs = FIRST_RETRY_MS } = this.#options;
    try {
      const certificate = await authority.issue();
      if (this.#isStopped) return;
      this.#failures = 0;
      this.#take(certificate, events);
      events.say(
        `The API has a certificate for ${certificate.names.join(", ")} until ${new Date(certificate.endsMs).toISOString()}`,
      );
    } catch (error) {
      if (!(error instanceof AcmeError || error instanceof CertificateError)) throw error;
      const backoffMs = Math.min(RETRY_MAX_MS, firstRetryMs * 2 ** this.#failures);
      const askedMs = error instanceof AcmeError ? 1000 * (error.retryAfterS ?? 0) : 0;
      this.#failures++;
      this.#retryAtMs = clock.now() + Math.max(backoffMs, askedMs);
      events.say(error.message);
    }
    this.#appoint(events);
  }
}
