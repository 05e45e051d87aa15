// The systemd unit of the peer (systemd.service(5), systemd.exec(5)).

import { basename, dirname } from "node:path";

export const UNIT_NAME = "convex-peer.service";
/** Where systemd keeps the state of services. */
export const STATE_FOLDER = "/var/lib";
const CREDENTIAL = "passphrase";

export interface UnitOptions {
  /** Of the machine, or of one user. */
  readonly scope: "system" | "user";
  readonly executable: string;
  /** Absolute path of the data directory; of a unit of the machine, a folder in /var/lib. */
  readonly dataDir: string;
  /** Further words of `start`. */
  readonly startArguments: readonly string[];
  /** Absolute path of a file with the passphrase of the key, null for a key without. */
  readonly passphraseFile: string | null;
  /** Absolute path of the configuration, null for none. */
  readonly configFile: string | null;
}

/** Sysexits of mistakes that a restart doesn't mend. */
const NO_RESTART = [64, 65, 66, 73, 77, 78];

/**
 * What the peer may do: reach the network and its own folder. Not MemoryDenyWriteExecute: the
 * runtime compiles to machine code, and runs 62 times as slowly where it can't.
 */
const USER_SANDBOX = [
  "NoNewPrivileges=yes",
  "LockPersonality=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "RestrictNamespaces=yes",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged",
  "SystemCallErrorNumber=EPERM",
  "UMask=0077",
];

const SYSTEM_SANDBOX = [
  ...USER_SANDBOX,
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "ProtectClock=yes",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectProc=invisible",
  "PrivateDevices=yes",
  "PrivateTmp=yes",
  "RemoveIPC=yes",
  // Ports 80 and 443.
  "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
  "AmbientCapabilities=CAP_NET_BIND_SERVICE",
];

/** A word of a setting, in which no specifier is expanded. */
function unitValue(text: string): string {
  const escaped = text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/%/g, "%%");
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** A word of ExecStart, in which no variable is expanded either. */
export function unitWord(text: string): string {
  return unitValue(text).replace(/\$/g, "$$$$");
}

/** A path after `=`, where only specifiers are expanded. */
function unitPath(path: string): string {
  return path.replace(/%/g, "%%");
}

/** Whether systemd can own this folder as the state of a service. */
export function isStateFolder(path: string): boolean {
  return dirname(path) === STATE_FOLDER && /^[A-Za-z0-9_.-]+$/.test(basename(path));
}

/** Text of the unit; the same options give the same text. */
export function unitText(options: UnitOptions): string {
  const { scope, executable, dataDir, passphraseFile, configFile } = options;
  const isSystem = scope === "system";
  const credential = passphraseFile === null ? [] : ["--passphrase-credential", CREDENTIAL];
  const words = [
    executable,
    "start",
    "--data-dir",
    dataDir,
    ...credential,
    ...options.startArguments,
  ];
  const lines = [
    "[Unit]",
    "Description=Convex peer",
    ...(isSystem
      ? ["Wants=network-online.target", "After=network-online.target time-sync.target"]
      : []),
    // What a start waits for comes back without anybody here: the hosts it joins by, a name server.
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=notify",
    "NotifyAccess=main",
    `ExecStart=${words.map(unitWord).join(" ")}`,
    "Environment=NO_COLOR=1",
    ...(configFile === null ? [] : [`Environment=${unitValue(`CONVEX_CONFIG=${configFile}`)}`]),
    ...(passphraseFile === null
      ? []
      : [`LoadCredential=${CREDENTIAL}:${unitPath(passphraseFile)}`]),
    "WatchdogSec=60",
    "TimeoutStartSec=90",
    "TimeoutStopSec=60",
    "Restart=on-failure",
    "RestartSec=5",
    `RestartPreventExitStatus=${NO_RESTART.join(" ")}`,
    "LimitNOFILE=1048576",
    ...(isSystem
      ? ["DynamicUser=yes", `StateDirectory=${basename(dataDir)}`, "StateDirectoryMode=0700"]
      : []),
    ...(isSystem ? SYSTEM_SANDBOX : USER_SANDBOX),
    "",
    "[Install]",
    `WantedBy=${isSystem ? "multi-user.target" : "default.target"}`,
    "",
  ];
  return lines.join("\n");
}
