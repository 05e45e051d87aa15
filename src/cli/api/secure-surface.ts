// HTTPS beside the API's own port: its listener, the port of plain HTTP that leads to it, and the
// source of its certificate.

import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { type ApiAddress, listenAt, type Service, STRICT } from "../../rest/server.ts";
import { AcmeAuthority, type ChallengeAnswers, keptCertificate } from "../../rest/tls/acme.ts";
import type { Certificate } from "../../rest/tls/certificate.ts";
import { CertificateFiles } from "../../rest/tls/certificate-files.ts";
import { CertificateRenewal } from "../../rest/tls/certificate-renewal.ts";
import type { CertificateSource } from "../../rest/tls/certificate-source.ts";
import { ChallengePort } from "../../rest/tls/challenge-port.ts";
import { Challenges, frontResponse } from "../../rest/tls/http-front.ts";
import { SecureListener } from "../../rest/tls/secure-listener.ts";
import { ServedCertificate } from "../../rest/tls/served-certificate.ts";
import type { TlsPlan } from "./tls-flags.ts";

/** Folder of certificates in the data directory. */
const TLS_FOLDER = "tls";

/** Flags that choose where plain HTTP listens, for words. */
export const FRONT_FLAGS = { host: "--api-bind", port: "--http-port" };

export interface SecureOptions {
  readonly plan: TlsPlan;
  /** Address that both ports are listened on at. */
  readonly host: string;
  readonly dataFolder: string;
  /** Hears what the operator should know. */
  readonly say: (words: string, level: "info" | "warn") => void;
}

export interface SecureSurface {
  readonly https: ApiAddress;
  /** Port of plain HTTP, null for none. */
  readonly http: ApiAddress | null;
  /** The certificate that is served with, null before there is one. */
  readonly certificate: () => Certificate | null;
  stop(force: boolean): Promise<void>;
}

/** Challenges come by plain HTTP, or where there is none to the port of HTTPS. */
function answersOf(
  { httpPort }: TlsPlan,
  challenges: Challenges,
  challengePort: ChallengePort,
  httpsPort: number,
): ChallengeAnswers {
  if (httpPort !== null) return { type: "http-01", challenges, port: httpPort };
  return { type: "tls-alpn-01", challenges: challengePort, port: httpsPort };
}

function sourceOf(
  { plan, dataFolder }: SecureOptions,
  answers: ChallengeAnswers,
): CertificateSource {
  const { certificate } = plan;
  if (certificate.kind === "files") {
    return new CertificateFiles(certificate.chain, certificate.key, SYSTEM_CLOCK);
  }
  const acme = { ...certificate, folder: join(dataFolder, TLS_FOLDER), answers };
  const authority = new AcmeAuthority(acme);
  return new CertificateRenewal({
    authority,
    kept: () => keptCertificate(acme),
    clock: SYSTEM_CLOCK,
  });
}

/** @throws ListenError, CertificateError: then nothing of it is served */
export function openSecure(options: SecureOptions, service: Service): SecureSurface {
  const { plan, host, say } = options;
  const challenges = new Challenges();
  const listener = new SecureListener({ host, port: plan.httpsPort }, service, SYSTEM_CLOCK);
  const { port: httpsPort } = listener.address;
  const challengePort = new ChallengePort(listener);
  const source = sourceOf(options, answersOf(plan, challenges, challengePort, httpsPort));
  const front =
    plan.httpPort === null
      ? null
      : listenAt({ host, port: plan.httpPort }, FRONT_FLAGS, (at) =>
          Bun.serve({
            ...STRICT,
            hostname: at.host,
            port: at.port,
            fetch: (request) => frontResponse(request, challenges, httpsPort),
          }),
        );
  const served = new ServedCertificate({ listener, clock: SYSTEM_CLOCK, say });
  source.start({ onCertificate: (certificate) => served.use(certificate), say });
  return {
    https: listener.address,
    http: front?.address ?? null,
    certificate: () => served.current,
    stop: async (force) => {
      source.stop();
      served.stop();
      await challengePort.close();
      await Promise.all([front?.server.stop(force), listener.stop(force)]);
    },
  };
}
