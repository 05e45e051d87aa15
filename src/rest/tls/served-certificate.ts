// The certificate that is served with. A new one may fail to be taken up, as when the process has
// too many files open: the one before serves on, and the new one is tried again, so that it is
// not forgotten until the next is due.

import type { Clock } from "../../peer/clock.ts";
import { ListenError } from "../server.ts";
import type { Certificate } from "./certificate.ts";

const RETRY_MS = 60_000;

/** What serves with a certificate. */
interface Listener {
  /** @throws ListenError */
  use(certificate: Certificate): void;
}

export interface ServedCertificateOptions {
  readonly listener: Listener;
  readonly clock: Clock;
  /** Hears why a certificate can't be served with. */
  readonly say: (words: string, level: "warn") => void;
}

export class ServedCertificate {
  readonly #options: ServedCertificateOptions;
  #current: Certificate | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: ServedCertificateOptions) {
    this.#options = options;
  }

  /** The one that is served with, null before there is one. */
  get current(): Certificate | null {
    return this.#current;
  }

  /** Serves with this one from now on, or as soon as that can be. */
  use(certificate: Certificate): void {
    this.stop();
    const { listener, clock, say } = this.#options;
    try {
      listener.use(certificate);
      this.#current = certificate;
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      say(`${error.message}; its new certificate is tried again in a minute`, "warn");
      this.#cancel = clock.after(RETRY_MS, () => this.use(certificate));
    }
  }

  /** Tries no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
