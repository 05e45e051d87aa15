// Results that carry a status of their own (sheet 05 §1.4, `setResult`).

import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { Result } from "../state/result.ts";

const SOURCE = Keyword.of("source");

/** Thrown by a route: the Result is sent with the status. */
export class FailedRequest extends Error {
  readonly status: number;
  readonly result: Result;
  constructor(status: number, result: Result, message: string) {
    super(message);
    this.status = status;
    this.result = result;
  }
}

/** An error Result of this server. */
export function serverError(code: string, message: string, source: "CLIENT" | "SERVER"): Result {
  const info = CVMMap.from([[SOURCE, Keyword.of(source)]]);
  return Result.of({ result: CVMString.of(message), error: Keyword.of(code), info });
}

/** A failure found by this server, source `:SERVER`. */
export function failedResult(code: string, status: number, message: string): FailedRequest {
  return new FailedRequest(status, serverError(code, message, "SERVER"), message);
}

/** The Result with source `:SERVER` where it names none. */
export function withServerSource(result: Result): Result {
  const info = result.info ?? CVMMap.EMPTY;
  return info.has(SOURCE) ? result : result.withInfo(info.assoc(SOURCE, Keyword.of("SERVER")));
}

/** Statuses of errors that the peer found before it ran anything. */
const PEER_STATUS: ReadonlyMap<string, number> = new Map([
  ["SIGNATURE", 403],
  ["FUNDS", 402],
  ["LIMIT", 413],
]);

/** Statuses of errors wherever they were found, outside the machine. */
const ANY_STATUS: ReadonlyMap<string, number> = new Map([
  ["FORMAT", 400],
  ["MISSING", 404],
  ["TIMEOUT", 408],
]);

const nameOf = (value: unknown) => (value instanceof Keyword ? value.name : "");

/** The status that a Result is sent with. */
export function statusOf(result: Result): number {
  if (!result.isError) return 200;
  const source = nameOf(result.info?.get(SOURCE));
  const code = nameOf(result.error);
  if (source === "CVM" || source === "CODE") return 200;
  const byPeer = source === "PEER" ? PEER_STATUS.get(code) : undefined;
  return byPeer ?? ANY_STATUS.get(code) ?? 422;
}
