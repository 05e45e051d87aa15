// Flags of the commands for the store, and how long the history is kept.

import { CommandError, EXIT } from "../failure.ts";
import { parseFilled } from "../flags.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const UNIT_BYTES: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A time like `30d` or `12h` in ms; Infinity for `all`. @throws Error saying what was expected */
function parseWindow(text: string): number {
  if (text === "all") return Number.POSITIVE_INFINITY;
  const [, digits, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * (UNIT_MS[unit] as number);
  throw new Error(`expected a time like 30d, 12h or 90m, or all, found '${text}'`);
}

/** A size like `10G` in bytes. @throws Error saying what was expected */
function parseBytes(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,6})([MGT])$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * (UNIT_BYTES[unit] as number);
  throw new Error(`expected a size like 500M, 20G or 1T, found '${text}'`);
}

export const historyFlag = {
  kind: "parsed",
  parse: parseWindow,
  default: "30d",
  placeholder: "TIME",
  brief:
    "How long States and results of executed blocks are kept (30d, 12h, all); blocks always are",
} as const;

export const keepHistoryFlag = {
  kind: "boolean",
  default: false,
  brief: "Keep States and results of all blocks: the same as --history all",
} as const;

export const gcEveryFlag = {
  kind: "parsed",
  parse: parseWindow,
  default: "1d",
  placeholder: "TIME",
  brief: "How often the store is collected when it has grown (1d, 12h); all: never by itself",
} as const;

export const diskBudgetFlag = {
  kind: "parsed",
  parse: parseBytes,
  optional: true,
  placeholder: "SIZE",
  brief: "Size of the store (20G) from which on it is collected without waiting for its time",
} as const;

export interface HistoryFlags {
  readonly history: number;
  readonly keepHistory: boolean;
}

/** The window in ms, null for all. */
export function historyMs({ history, keepHistory }: HistoryFlags): number | null {
  return keepHistory || history === Number.POSITIVE_INFINITY ? null : history;
}

export const backupFileFlag = {
  kind: "parsed",
  parse: parseFilled,
  optional: true,
  placeholder: "FILE",
  brief: "The file of a backup instead of a data directory",
} as const;

export const s3EndpointFlag = {
  kind: "parsed",
  parse: parseEndpoint,
  optional: true,
  placeholder: "URL",
  brief: "Service that an s3:// address is of; key and secret come from S3_… or AWS_… variables",
} as const;

function parseEndpoint(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new CommandError(EXIT.USAGE, `An endpoint is http(s)://HOST[:PORT], found '${text}'`);
}

const KIB = 1024;
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** A size for people. */
export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= KIB && unit < UNITS.length - 1) {
    size /= KIB;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}
