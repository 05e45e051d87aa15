// Flags for HTTPS, and what they mean.

import { readFileSync } from "node:fs";
import { LETS_ENCRYPT } from "../../rest/tls/acme.ts";
import { CommandError, EXIT } from "../failure.ts";
import { unreadable } from "../files/file-words.ts";
import { parsePort } from "../flags.ts";

export interface TlsFlags {
  readonly domain?: string | undefined;
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

const text = (placeholder: string, brief: string) =>
  ({ kind: "parsed", parse: String, optional: true, placeholder, brief }) as const;

export const tlsFlags = {
  domain: text(
    "NAME[,…]",
    "Serve HTTPS under this name, with a certificate that is got and renewed",
  ),
  cert: text("FILE", "Serve HTTPS with this certificate chain (PEM), read again when it changes"),
  certKey: text("FILE", "Key of --cert (PEM); --key FILE is understood beside --cert, too"),
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
    parse: String,
    default: LETS_ENCRYPT,
    placeholder: "URL",
    brief: "Directory of the authority that gives certificates (ACME)",
  },
  acmeCa: text("FILE", "Certificate (PEM) that vouches for an authority of one's own"),
  acmeEmail: text("ADDRESS", "Where the authority may write to about the certificate"),
} as const;

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})+$`, "i");
const DOMAINS_MAX = 20;

function domainsOf(names: string): string[] {
  const domains = names.split(",").map((name) => name.trim().toLowerCase());
  const wrong = domains.find((name) => !DOMAIN.test(name) || /^[\d.]+$/.test(name));
  if (wrong !== undefined) {
    const expected = "expected a name such as peer.example.org";
    throw new CommandError(EXIT.USAGE, `--domain: ${expected}, found '${wrong}'`);
  }
  if (domains.length <= DOMAINS_MAX) return domains;
  throw new CommandError(
    EXIT.USAGE,
    `--domain: at most ${DOMAINS_MAX} names, not ${domains.length}`,
  );
}

function authorityPem(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable("the certificate of --acme-ca", path, error);
  }
}

function certificatePlan(flags: TlsFlags): CertificatePlan | null {
  const { domain, cert, certKey, acmeDirectory } = flags;
  if (cert === undefined && certKey !== undefined) {
    throw new CommandError(EXIT.USAGE, "--cert-key is the key of a --cert: give both");
  }
  if (domain !== undefined && cert !== undefined) {
    throw new CommandError(EXIT.USAGE, "Give --domain for a certificate that is got, or --cert");
  }
  if (cert !== undefined) {
    if (certKey !== undefined) return { kind: "files", chain: cert, key: certKey };
    throw new CommandError(EXIT.USAGE, "--cert needs the certificate's key: --cert-key FILE");
  }
  if (domain === undefined) return null;
  if (flags.httpPort === null && process.platform !== "linux") {
    const why = "without it the authority comes to the port of HTTPS, which only Linux can share";
    throw new CommandError(EXIT.USAGE, `--domain needs an --http-port on this system: ${why}`);
  }
  if (!URL.canParse(acmeDirectory) || !acmeDirectory.startsWith("https:")) {
    throw new CommandError(EXIT.USAGE, `--acme-directory must be an https URL: '${acmeDirectory}'`);
  }
  return {
    kind: "authority",
    domains: domainsOf(domain),
    directory: acmeDirectory,
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
