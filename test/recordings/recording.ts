// The recordings of the reference's HTTP API: one request and its response a line (sheet 05).

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface Recording {
  readonly n: number;
  readonly name: string;
  /** Which of two peers was asked. */
  readonly server: "faucet" | "nofaucet";
  readonly method: string;
  readonly path: string;
  readonly reqHeaders: Readonly<Record<string, string>>;
  readonly reqBody?: string;
  readonly reqBodyHex?: string;
  /** True sizes of a request body that is kept with its filler left out (`...`). */
  readonly reqBodyLength?: number;
  readonly reqBodyHexLength?: number;
  readonly status: number;
  readonly resHeaders: Readonly<Record<string, string>>;
  readonly resBody?: string;
  readonly resBodyHex?: string;
  /** Set when only the beginning of the response body is kept. */
  readonly resBodyTruncatedFrom?: number;
}

export function readRecordings(file: string): Recording[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Recording);
}

/** The body that was sent, with its filler back in place; undefined for none. */
export function requestBody(recording: Recording): Uint8Array | undefined {
  const { reqBody, reqBodyHex, reqBodyLength, reqBodyHexLength } = recording;
  if (reqBodyHexLength !== undefined) return new Uint8Array(reqBodyHexLength / 2);
  if (reqBodyHex !== undefined && reqBodyHex !== null) return Buffer.from(reqBodyHex, "hex");
  if (reqBody === undefined || reqBody === null) return undefined;
  if (reqBodyLength === undefined) return Buffer.from(reqBody);
  const [before = "", after = ""] = reqBody.split("...");
  const filler = reqBodyLength - before.length - after.length;
  return Buffer.from(before + (before.at(-1) ?? " ").repeat(filler) + after);
}

/** The media type of the recorded response, without parameters. */
export function recordedType(recording: Recording): string {
  return (recording.resHeaders["content-type"] ?? "").split(";")[0] as string;
}

/** JSON of a text, undefined when it is none. */
export function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
