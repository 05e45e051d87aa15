// Flags for HTTPS, and what they mean.

import { LETS_ENCRYPT } from "../../rest/tls/acme.ts";
import { PEM_BYTES_MAX } from "../../rest/tls/certificate.ts";
import { CommandError, EXIT } from "../failure.ts";
import { readInput } from "../files/input-file.ts";
import { parseFilled, parsePort } from "../flags.ts";
import { fileFlag } from "../keys/passphrase.ts";

export interface TlsFlags {
  readonly domain?: readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly certKey?: string | undefined;
  readonly httpPort: number | null;
  readonly httpsPort: number;
  readonly acmeDirectory: string;
  readonly acmeCa?: string | undefined;
  readonly acmeEmail?: string | undefined;
}

/** Where the certificate comes from. */
type CertificatePlan =
  | {
      readonly kind: "authority";
      readonly domains: readonly string[];
      readonly directory: string;
      readonly authorityPem: string | null;
      readonly email: string | null;
    }
  | { readonly kind: "files"; readonly chain: string; readonly key: string };

export interface TlsPlan {
  readonly certificate: CertificatePlan;
  /** Port of plain HTTP for challenges and redirects, null for none. */
  readonly httpPort: number | null;
  readonly httpsPort: number;
}

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})+$`, "i");
const DOMAINS_MAX = 20;

/** @throws Error naming what was expected */
function parseDomains(names: string): readonly string[] {
  const domains = names.split(",").map((name) => name.trim().toLowerCase());
  const wrong = domains.find((name) => !DOMAIN.test(name) || /^[\d.]+$/.test(name));
  if (wrong !== undefined)
    throw new Error(`expected a name such as peer.example.org, found '${wrong}'`);
  if (domains.length <= DOMAINS_MAX) return domains;
  throw new Error(`expected at most ${DOMAINS_MAX} names, found ${domains.length}`);
}

/** @throws Error naming what was expected */
function parseDirectory(url: string): string {
  if (URL.canParse(url) && url.startsWith("https:")) return url;
  throw new Error(`expected an https URL, found '${url}'`);
}

export const tlsFlags = {
  domain: {
    kind: "parsed",
    parse: parseDomains,
    optional: true,
    placeholder: "NAME[,…]",
    brief: "Serve HTTPS under this name, with a certificate that is got and renewed",
  },
  cert: fileFlag("Serve HTTPS with this certificate chain (PEM), read again when it changes"),
  certKey: fileFlag("Key of --cert (PEM); --key FILE is understood beside --cert, too"),
  httpPort: {
    kind: "parsed",
    parse: (port: string): number | null => (port === "off" ? null : parsePort(port)),
    default: "80",
    placeholder: "N",
    brief:
      "With HTTPS: port of plain HTTP, which leads there; off for none: then challenges come to the port of HTTPS",
  },
  httpsPort: {
    kind: "parsed",
    parse: parsePort,
    default: "443",
    placeholder: "N",
    brief: "With --domain or --cert: port of HTTPS",
  },
  acmeDirectory: {
    kind: "parsed",
    parse: parseDirectory,
    default: LETS_ENCRYPT,
    placeholder: "URL",
    brief: "Directory of the authority that gives certificates (ACME)",
  },
  acmeCa: fileFlag("Certificate (PEM) that vouches for an authority of one's own"),
  acmeEmail: {
    kind: "parsed",
    parse: parseFilled,
    optional: true,
    placeholder: "ADDRESS",
    brief: "Where the authority may write to about the certificate",
  },
} as const;

function authorityPem(path: string | undefined): string | null {
  if (path === undefined) return null;
  return readInput(path, "the certificate of --acme-ca", PEM_BYTES_MAX).toString("utf8");
}

function certificatePlan(flags: TlsFlags): CertificatePlan | null {
  const { domain: domains, cert, certKey } = flags;
  if (cert === undefined && certKey !== undefined) {
    throw new CommandError(EXIT.USAGE, "--cert-key is the key of a --cert: give both");
  }
  if (domains !== undefined && cert !== undefined) {
    throw new CommandError(EXIT.USAGE, "Give --domain for a certificate that is got, or --cert");
  }
  if (cert !== undefined) {
    if (certKey !== undefined) return { kind: "files", chain: cert, key: certKey };
    throw new CommandError(EXIT.USAGE, "--cert needs the certificate's key: --cert-key FILE");
  }
  if (domains === undefined) return null;
  if (flags.httpPort === null && process.platform !== "linux") {
    const why = "without it the authority comes to the port of HTTPS, which only Linux can share";
    throw new CommandError(EXIT.USAGE, `--domain needs an --http-port on this system: ${why}`);
  }
  return {
    kind: "authority",
    domains,
    directory: flags.acmeDirectory,
    authorityPem: authorityPem(flags.acmeCa),
    email: flags.acmeEmail ?? null,
  };
}

/** What the flags ask for, null for no HTTPS. @throws CommandError */
export function tlsPlanOf(flags: TlsFlags): TlsPlan | null {
  const certificate = certificatePlan(flags);
  const { httpPort, httpsPort } = flags;
  return certificate === null ? null : { certificate, httpPort, httpsPort };
}

/** Hex digits name a peer key, anything else beside --cert is a file. */
const KEY_PREFIX = /^(?:0x)?[0-9a-f]*$/i;

/** The flags with `--key FILE` beside `--cert` taken as the certificate's key. */
export function withCertificateKey<T extends TlsFlags & { readonly key?: string | undefined }>(
  flags: T,
): T {
  const { cert, certKey, key } = flags;
  if (cert === undefined || certKey !== undefined || key === undefined) return flags;
  return KEY_PREFIX.test(key) ? flags : { ...flags, certKey: key, key: undefined };
}
