// The operator's own certificate: read at the start, and again when its files have changed.

import { statSync } from "node:fs";
import type { Clock } from "../../peer/clock.ts";
import { systemCode } from "../../system/system-code.ts";
import { type Certificate, CertificateError, readCertificate } from "./certificate.ts";
import type { CertificateEvents, CertificateSource } from "./certificate-source.ts";

/** How often the files are looked at. */
const LOOK_MS = 10_000;

/** What changes when a file does. A folder may be closed to this user: reading it says so. */
function stampOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    return systemCode(error);
  }
}

export class CertificateFiles implements CertificateSource {
  readonly #chainFile: string;
  readonly #keyFile: string;
  readonly #clock: Clock;
  readonly #lookMs: number;
  readonly #first: Certificate;
  #seen: string;
  #cancel: (() => void) | null = null;

  /** @throws CertificateError when they are no use */
  constructor(chainFile: string, keyFile: string, clock: Clock, lookMs = LOOK_MS) {
    this.#chainFile = chainFile;
    this.#keyFile = keyFile;
    this.#clock = clock;
    this.#lookMs = lookMs;
    this.#seen = this.#look();
    this.#first = readCertificate(chainFile, keyFile);
  }

  start(events: CertificateEvents): void {
    this.#serve(this.#first, events);
    this.#appoint(events);
  }

  stop(): void {
    this.#cancel?.();
  }

  #appoint(events: CertificateEvents): void {
    this.#cancel = this.#clock.after(this.#lookMs, () => {
      this.#refresh(events);
      this.#appoint(events);
    });
  }

  #look(): string {
    return [this.#chainFile, this.#keyFile].map(stampOf).join(", ");
  }

  #serve(certificate: Certificate, { onCertificate, say }: CertificateEvents): void {
    onCertificate(certificate);
    const { weakness } = certificate;
    if (weakness !== null) say(`${this.#chainFile}: ${weakness}`, "warn");
  }

  #refresh(events: CertificateEvents): void {
    const seen = this.#look();
    if (seen === this.#seen) return;
    try {
      this.#serve(readCertificate(this.#chainFile, this.#keyFile), events);
      this.#seen = seen;
      events.say(`The API's certificate was read again from ${this.#chainFile}`, "info");
    } catch (error) {
      // One of the two may not be written yet: it is looked at again, whether it changes or not.
      if (!(error instanceof CertificateError)) throw error;
      events.say(`The API keeps its certificate: ${error.message}`, "warn");
    }
  }
}
