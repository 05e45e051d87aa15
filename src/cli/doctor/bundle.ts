// What an operator can hand to others when he asks for help: findings and figures, without what
// says who and where he is. No secret is read for it in the first place.

import { arch, availableParallelism, cpus, release, totalmem, userInfo } from "node:os";
import packageJson from "../../../package.json" with { type: "json" };
import { ANY_ADDRESSES } from "../../net/listener.ts";
import type { OwnStatus } from "../contact/operator.ts";
import { homeFolder } from "../files/user-folder.ts";
import type { CheckReport } from "./check.ts";

const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const IPV6 = /\[?\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b\]?/gi;
const URL_HOST = /\b((?:tcp|https?):\/\/)([^/\s:"]+)/g;
/** As `--join` names them. */
const NAME_AND_PORT = /(?<![\w.-])([a-z](?:[\w-]*\w)?(?:\.[\w-]+)*):(\d{1,5})\b/gi;
const LONG_HEX = /(?<![0-9a-f])([0-9a-f]{8})[0-9a-f]{56}(?![0-9a-f])/gi;
const LOOPBACK_NAME = "localhost";
const KEPT_ADDRESSES = ["127.0.0.1", "::1", ...ANY_ADDRESSES];

/** Names of users that stand in other words; the second is the runtime's for one it can't tell. */
const TELLING_NOTHING = ["root", "unknown"];

/** The text without addresses, names of hosts, keys in full, the user and his home. */
export function redacted(text: string, home = homeFolder()): string {
  let plain = text
    .replace(URL_HOST, (all, scheme: string, host: string) =>
      KEPT_ADDRESSES.includes(host) ? all : `${scheme}<host>`,
    )
    .replace(NAME_AND_PORT, (all, host: string, port: string) =>
      host.toLowerCase() === LOOPBACK_NAME ? all : `<host>:${port}`,
    )
    .replace(IPV4, (address) => (KEPT_ADDRESSES.includes(address) ? address : "<address>"))
    .replace(IPV6, (address) => (KEPT_ADDRESSES.includes(address) ? address : "<address>"))
    .replace(LONG_HEX, "$1…");
  // Without a home the system tells nothing of the user.
  if (home === null) return plain;
  if (home.length > 1) plain = plain.replaceAll(home, "~");
  const { username } = userInfo();
  return TELLING_NOTHING.includes(username) ? plain : plain.replaceAll(username, "<user>");
}

/** Every text in a value redacted. */
function redactedValue(value: unknown): unknown {
  if (typeof value === "string") return redacted(value);
  if (Array.isArray(value)) return value.map(redactedValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactedValue(item)]));
}

export interface BundleSettings {
  readonly name: string;
  readonly origin: string;
}

/** The bundle's text: JSON. Of settings it holds which are set and where, not to what. */
export function bundleText(
  reports: readonly CheckReport[],
  own: OwnStatus | null,
  settings: readonly BundleSettings[],
  now: Date,
): string {
  const content = {
    format: "convex-peer doctor bundle",
    version: 1,
    at: now.toISOString(),
    program: packageJson.version,
    runtime: process.versions.bun ?? process.version,
    system: {
      platform: process.platform,
      release: release(),
      arch: arch(),
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
    },
    checks: reports,
    peer: own,
    settings,
  };
  return `${JSON.stringify(redactedValue(content), null, 2)}\n`;
}
