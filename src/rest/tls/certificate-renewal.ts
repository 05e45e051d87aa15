// A certificate from an authority: the one kept from before while it lasts; a new one when the
// authority advises it (RFC 9773), else when two thirds of its life are over, and when there is
// none, at once. After a failure it is asked for again, ever less often: authorities count failures
// (Let's Encrypt allows five an hour). The life of a certificate goes by the time of day, pauses go
// by a time that nobody sets.

import { SecretFileError } from "../../keys/secret-file.ts";
import { type Clock, steadyOf } from "../../peer/clock.ts";
import { AcmeError } from "./acme-error.ts";
import { type Certificate, CertificateError } from "./certificate.ts";
import type { CertificateEvents, CertificateSource } from "./certificate-source.ts";

/** Part of its life after which a certificate is renewed. */
const RENEWAL_PART = 2 / 3;
/** The part after which no advice puts it off any longer. */
const LATEST_PART = 5 / 6;
const FIRST_RETRY_MS = 5 * 60_000;
/**
 * Least time from one renewal to the next, and the part of a short life: advice must not be a loop.
 */
const PAUSE_MS = 5 * 60_000;
const PAUSE_PART = 1 / 3;
/** How often it is tried to keep a certificate for which there was no room. */
const KEEP_RETRY_MS = 60_000;
const RETRY_MAX_MS = 6 * 3_600_000;
/** How often advice is asked for that says nothing of it. */
const ADVICE_PAUSE_MS = 24 * 3_600_000;
/** How often the time of day is looked at, which may be set. */
const APPOINTMENT_MAX_MS = 3_600_000;

/** When an authority wants a certificate renewed. */
export interface RenewalAdvice {
  readonly startMs: number;
  readonly endMs: number;
  /** Milliseconds after which it may be asked again. */
  readonly askAgainInMs: number;
}

/** What gives certificates. */
export interface Authority {
  /** @throws AcmeError */
  issue(): Promise<Certificate>;
  /** Keeps one for the next start. Left out: nothing is kept. @throws SecretFileError */
  keep?(certificate: Certificate): void;
  /** Null where it gives none, or the certificate is another's. Left out: it never does. */
  advice?(certificate: Certificate): Promise<RenewalAdvice | null>;
}

export interface RenewalOptions {
  readonly authority: Authority;
  /** The certificate kept from before, null when there is none. @throws CertificateError */
  readonly kept: () => Certificate | null;
  readonly clock: Clock;
  /** A number from 0 to 1, by which peers choose different times in what is advised. */
  readonly chance?: () => number;
  readonly firstRetryMs?: number;
}

export class CertificateRenewal implements CertificateSource {
  readonly #options: RenewalOptions;
  #fromBefore: Certificate | null = null;
  #current: Certificate | null = null;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  /** What was advised for the current certificate, and the time chosen in it. */
  #advice: { readonly window: RenewalAdvice; readonly atMs: number } | null = null;
  #askAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** A certificate that could not be kept: ordered again it would count against a limit. */
  #unkept: Certificate | null = null;
  #keepAtMs = 0;
  #cancel: (() => void) | null = null;
  #isStopped = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  start(events: CertificateEvents): void {
    this.#fromBefore = this.#kept(events);
    this.#takeKept(events);
    this.#appoint(events);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** A time that nobody sets. */
  get #steadyMs(): number {
    return steadyOf(this.#options.clock).now();
  }

  #kept({ say }: CertificateEvents): Certificate | null {
    try {
      return this.#options.kept();
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      say(`The certificate kept from before is no use: ${error.message}`, "warn");
      return null;
    }
  }

  /** Serves with the certificate kept from before while it lasts, as the time of day has it. */
  #takeKept(events: CertificateEvents): void {
    const [kept, now] = [this.#fromBefore, this.#options.clock.now()];
    if (this.#current === null && kept !== null && kept.endsMs > now) this.#take(kept, events);
  }

  #take(certificate: Certificate, { onCertificate }: CertificateEvents): void {
    this.#current = certificate;
    this.#advice = null;
    this.#askAtMs = Number.NEGATIVE_INFINITY;
    onCertificate(certificate);
  }

  /** Milliseconds until the next certificate is asked for. */
  get #dueInMs(): number {
    const retryMs = this.#retryAtMs - this.#steadyMs;
    if (this.#current === null) return retryMs;
    const { beginsMs, endsMs } = this.#current;
    const lifeMs = endsMs - beginsMs;
    const now = this.#options.clock.now();
    const wantedMs = (this.#advice?.atMs ?? beginsMs + RENEWAL_PART * lifeMs) - now;
    const pauseMs = Math.min(PAUSE_MS, PAUSE_PART * lifeMs);
    const pausedMs = this.#renewedAtMs + pauseMs - this.#steadyMs;
    const latestMs = beginsMs + LATEST_PART * lifeMs - now;
    const dueMs = Math.min(Math.max(wantedMs, pausedMs), latestMs);
    return Math.max(dueMs, retryMs);
  }

  /** Milliseconds until advice is asked for. */
  get #adviceInMs(): number {
    const { authority } = this.#options;
    const asks = authority.advice !== undefined && this.#current !== null;
    return asks ? this.#askAtMs - this.#steadyMs : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until it is tried again to keep a certificate. */
  get #keepInMs(): number {
    return this.#unkept === null ? Number.POSITIVE_INFINITY : this.#keepAtMs - this.#steadyMs;
  }

  #keep(certificate: Certificate, { say }: CertificateEvents): void {
    const wasUnkept = this.#unkept === certificate;
    try {
      this.#options.authority.keep?.(certificate);
      this.#unkept = null;
      if (wasUnkept) say("The API's certificate is kept for the next start now", "info");
    } catch (error) {
      if (!(error instanceof SecretFileError)) throw error;
      this.#unkept = certificate;
      this.#keepAtMs = this.#steadyMs + KEEP_RETRY_MS;
      const rest = "tried again each minute, while the API serves with it";
      if (!wasUnkept) say(`The API's certificate can't be kept: ${error.message}; ${rest}`, "warn");
    }
  }

  #appoint(events: CertificateEvents): void {
    if (this.#isStopped) return;
    const waitMs = Math.min(this.#dueInMs, this.#adviceInMs, this.#keepInMs);
    const step = Math.min(Math.max(1, waitMs), APPOINTMENT_MAX_MS);
    this.#cancel = this.#options.clock.after(step, () => {
      if (this.#unkept !== null && this.#keepInMs <= 0) this.#keep(this.#unkept, events);
      // The clock may have been wrong at the start.
      this.#takeKept(events);
      if (this.#dueInMs <= 0) void this.#renew(events);
      else if (this.#adviceInMs <= 0) void this.#consult(events);
      else this.#appoint(events);
    });
  }

  async #consult(events: CertificateEvents): Promise<void> {
    const { authority, chance = Math.random } = this.#options;
    const certificate = this.#current as Certificate;
    this.#askAtMs = this.#steadyMs + ADVICE_PAUSE_MS;
    try {
      const window = (await authority.advice?.(certificate)) ?? null;
      if (window !== null) {
        this.#askAtMs = this.#steadyMs + window.askAgainInMs;
        this.#advice = this.#chosen(window, certificate, chance);
      }
    } catch (error) {
      if (!(error instanceof AcmeError)) throw error;
      events.say(error.message, "warn");
    }
    this.#appoint(events);
  }

  /**
   * A time in the part of the window that lies in the certificate's life; the same while the window
   * is.
   */
  #chosen(window: RenewalAdvice, { beginsMs, endsMs }: Certificate, chance: () => number) {
    const before = this.#advice;
    const { startMs, endMs } = window;
    if (before?.window.startMs === startMs && before.window.endMs === endMs) return before;
    const from = Math.max(startMs, beginsMs);
    const to = Math.min(endMs, endsMs);
    return { window, atMs: to <= from ? startMs : from + chance() * (to - from) };
  }

  async #renew(events: CertificateEvents): Promise<void> {
    const { authority, firstRetryMs = FIRST_RETRY_MS } = this.#options;
    try {
      const certificate = await authority.issue();
      if (this.#isStopped) return;
      this.#failures = 0;
      this.#renewedAtMs = this.#steadyMs;
      this.#take(certificate, events);
      this.#keep(certificate, events);
      events.say(
        `The API has a certificate for ${certificate.names.join(", ")} until ${new Date(certificate.endsMs).toISOString()}`,
        "info",
      );
    } catch (error) {
      if (!(error instanceof AcmeError || error instanceof CertificateError)) throw error;
      const backoffMs = Math.min(RETRY_MAX_MS, firstRetryMs * 2 ** this.#failures);
      const askedMs = error instanceof AcmeError ? 1000 * (error.retryAfterS ?? 0) : 0;
      this.#failures++;
      this.#retryAtMs = this.#steadyMs + Math.max(backoffMs, askedMs);
      events.say(error.message, "warn");
    }
    this.#appoint(events);
  }
}
