// Failures that answer with a Result and a status of their own (sheet 05 §1.4, `setResult`).

import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { Result } from "../state/result.ts";

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

/** A failure found by this server, source `:SERVER`. */
export function failedResult(code: string, status: number, message: string): FailedRequest {
  const info = CVMMap.from([[Keyword.of("source"), Keyword.of("SERVER")]]);
  const result = Result.of({ result: CVMString.of(message), error: Keyword.of(code), info });
  return new FailedRequest(status, result, message);
}
