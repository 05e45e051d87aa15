// How a response differs from the recorded one, volatile parts aside.

import { toHex } from "../../src/crypto/hex.ts";
import { jsonOf, type Recording, recordedType } from "./recording.ts";
import { picture, stableBytes, stableJson, stableText } from "./volatile.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly header: (name: string) => string | null;
  readonly bytes: Uint8Array;
}

export interface Difference {
  readonly aspect: "status" | "type" | "header" | "body";
  readonly expected: string;
  readonly actual: string;
}

/** Headers that say nothing about the API: of the transport, of the software, of the moment. */
const IGNORED_HEADERS = new Set([
  "content-length",
  "content-type",
  "date",
  "mcp-session-id",
  "server",
  "transfer-encoding",
]);

/** Characters of a body kept only in part that are compared: later ones hold volatile values. */
const TRUNCATED_COMPARED = 100;

/** Bytes of a CAD3 body kept only in part that are compared. */
const STARTING_BYTES = 32;

/** Parts that have no names by which they could be told to be volatile. */
const UNNAMED: Readonly<Record<string, RegExp>> = {
  "message-cvx-status": /0x[0-9a-f]{64}/g,
  "message-cvx-status-ping": /\d{13}/g,
  // A balance.
  "mcp-tool-queryState": /\d{15}/g,
};

function bodyText(recording: Recording, bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const unnamed = UNNAMED[recording.name];
  const kept = unnamed === undefined ? text : text.replace(unnamed, "0");
  const event = /^event: message\ndata: (.*)\n\n$/.exec(kept);
  const json = jsonOf(event?.[1] ?? kept);
  if (json === undefined) return stableText(kept);
  return JSON.stringify(stableJson(json, recording.name));
}

/** Both bodies as texts to be compared, or null where there is nothing to compare. */
function bodies(recording: Recording, answer: Answer): [string, string] | null {
  const type = recordedType(recording);
  // Pages are this peer's own.
  if (type === "text/html" && recording.status !== 400) {
    if (recording.resBodyTruncatedFrom !== undefined) return null;
  }
  if (recording.resBodyHex !== undefined) {
    const expected = Buffer.from(recording.resBodyHex, "hex");
    if (type === "image/png") return [picture(expected), picture(answer.bytes)];
    return byteBodies(expected, answer.bytes);
  }
  const recorded = new TextEncoder().encode(recording.resBody ?? "");
  if (recording.resBodyTruncatedFrom === undefined) {
    return [bodyText(recording, recorded), bodyText(recording, answer.bytes)];
  }
  const squeezed = (bytes: Uint8Array) =>
    stableText(new TextDecoder().decode(bytes).replace(/\s+/g, "")).slice(0, TRUNCATED_COMPARED);
  return [squeezed(recorded), squeezed(answer.bytes)];
}

/** CAD3 by what it says; of what was recorded only in part, the first bytes. */
function byteBodies(expected: Uint8Array, actual: Uint8Array): [string, string] {
  const recorded = stableBytes(expected);
  const start = (bytes: Uint8Array) => toHex(bytes.subarray(0, STARTING_BYTES));
  if (recorded === null) return [start(expected), start(actual)];
  return [recorded, stableBytes(actual) ?? new TextDecoder().decode(actual)];
}

const withoutSpace = (value: string | null) => value?.toLowerCase().replace(/;\s+/g, ";") ?? null;

export function differences(recording: Recording, answer: Answer): Difference[] {
  const found: Difference[] = [];
  const compare = (aspect: Difference["aspect"], expected: string, actual: string) => {
    if (expected !== actual) found.push({ aspect, expected, actual });
  };
  compare("status", String(recording.status), String(answer.status));
  const expectedType = recording.resHeaders["content-type"] ?? "";
  compare("type", withoutSpace(expectedType) ?? "", withoutSpace(answer.type) ?? "");
  for (const [name, value] of Object.entries(recording.resHeaders)) {
    if (IGNORED_HEADERS.has(name.toLowerCase())) continue;
    const actual = withoutSpace(answer.header(name));
    compare("header", `${name}: ${withoutSpace(value)}`, `${name}: ${actual}`);
  }
  const pair = bodies(recording, answer);
  if (pair !== null) compare("body", pair[0], pair[1]);
  return found;
}
