// What doctor's checks are made of.

import { SystemFailure, wordedFailure } from "../system-failure.ts";
import type { Rows } from "../terminal/json-line.ts";

/** `skip`: there is nothing to look at, because something else is not there. */
export type Level = "ok" | "warn" | "fail" | "skip";

export interface Finding {
  readonly level: Level;
  /** One sentence without a full stop. */
  readonly detail: string;
  /** What to do about it; there whenever the level is warn or fail. */
  readonly fix?: string;
}

export interface Check<S> {
  readonly id: string;
  readonly title: string;
  readonly run: (scene: S) => Finding | Promise<Finding>;
}

export interface CheckReport extends Finding {
  readonly id: string;
  readonly title: string;
}

export const ok = (detail: string): Finding => ({ level: "ok", detail });
export const skip = (detail: string): Finding => ({ level: "skip", detail });
export const warn = (detail: string, fix: string): Finding => ({ level: "warn", detail, fix });
export const fail = (detail: string, fix: string): Finding => ({ level: "fail", detail, fix });

/** Longest time for a check. */
const CHECK_TIMEOUT_MS = 4_000;

function isPermission(error: unknown): error is SystemFailure {
  return error instanceof SystemFailure && error.code === "PERMISSION";
}

function unmade(given: unknown, isBarred: boolean): Finding {
  const error = wordedFailure(given);
  // One check says whose the data directory is: that explains the others.
  if (isBarred && isPermission(error)) return skip("this user may not look at it");
  // A check that can't be made is a finding, whatever kept it from being made.
  const why = `could not be checked: ${error instanceof Error ? error.message : String(error)}`;
  return fail(why, "put right what it says, and run doctor again");
}

async function reportOf<S>(check: Check<S>, scene: S, isBarred: boolean): Promise<CheckReport> {
  const { id, title } = check;
  const timeout = Promise.withResolvers<Finding>();
  const fix = "see whether the machine or its network is overloaded, and run doctor again";
  const late = fail(`no outcome within ${CHECK_TIMEOUT_MS / 1_000} s`, fix);
  const timer = setTimeout(() => timeout.resolve(late), CHECK_TIMEOUT_MS);
  try {
    const finding = (async () => check.run(scene))();
    return { id, title, ...(await Promise.race([finding, timeout.promise])) };
  } catch (error) {
    return { id, title, ...unmade(error, isBarred) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * All checks at once, in the order of the list.
 * @param isBarred whether this user may not look into the data directory, which a check says
 */
export function runChecks<S>(
  checks: readonly Check<S>[],
  scene: S,
  isBarred = false,
): Promise<CheckReport[]> {
  return Promise.all(checks.map((check) => reportOf(check, scene, isBarred)));
}

/** How many of the findings are of exactly this level. */
export function countOf(reports: readonly CheckReport[], level: Level): number {
  return reports.filter((report) => report.level === level).length;
}

const SIGNS: Readonly<Record<Level, string>> = {
  ok: "ok",
  warn: "WARN",
  fail: "FAIL",
  skip: "-",
};

/** A line a check, with its fix under it. */
export function reportRows(reports: readonly CheckReport[]): Rows {
  return reports.flatMap(({ level, title, detail, fix }) => {
    const row = [SIGNS[level], `${title}: ${detail}`] as const;
    return fix === undefined ? [row] : [row, ["", `→ ${fix}`] as const];
  });
}
