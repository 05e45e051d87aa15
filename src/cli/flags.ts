// Flags that several commands share, and their parsers.

const PORT_MAX = 65_535;

/** @throws Error naming the range */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new Error(`expected a port number from 0 to ${PORT_MAX}, found '${text}'`);
}

export const dataDirFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "DIR",
  brief: "Folder of store and keys (default: /var/lib/convex-peer for root, else in your home)",
} as const;

export const apiPortFlag = {
  kind: "parsed",
  parse: parsePort,
  default: "8080",
  placeholder: "N",
  brief: "Port of the HTTP API; 0 takes a free one",
} as const;

export const apiBindFlag = {
  kind: "parsed",
  parse: String,
  default: "127.0.0.1",
  placeholder: "ADDRESS",
  brief: "Address the HTTP API listens on",
} as const;

export const peerPortFlag = {
  kind: "parsed",
  parse: parsePort,
  default: "18888",
  placeholder: "N",
  brief: "Port for other peers (not served by this version: it runs networks of one)",
} as const;

export const bindFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "ADDRESS",
  brief: "Address for other peers (not served by this version)",
} as const;

export const jsonFlag = {
  kind: "boolean",
  default: false,
  brief: "Print JSON, for scripts",
} as const;

export const passphraseFileFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "FILE",
  brief: "File whose first line is the passphrase of the key",
} as const;

/** The faucet, on or off by default. */
export function faucetFlag(isOn: boolean) {
  return {
    kind: "boolean",
    default: isOn,
    brief: "Let anybody create accounts and have coins (createAccount, faucet)",
  } as const;
}
