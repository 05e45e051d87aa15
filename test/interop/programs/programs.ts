// `bun run interop programs --kind KIND --seed N --count N`: generated programs, run by the
// reference and by us. Whatever differs would fork a network of both.

import { CaseRandom } from "../../fuzz/random.ts";
import { describeCase } from "./case.ts";
import { KINDS } from "./kinds.ts";
import { type Answer, ourAnswers } from "./ours.ts";
import { askReference } from "./reference-answers.ts";

const SHOWN_MAX = 10;
const FIELDS_SHOWN = 4;
const TEXT_MAX = 700;

export interface ProgramOutcome {
  readonly kind: string;
  readonly seed: number;
  readonly cases: number;
  readonly results: number;
  /** Cases with a result that differs, but for those of which the reference's process dies. */
  readonly differing: number;
  /** Cases of which it dies: what its runtime calls an error, and it never catches. */
  readonly deadly: number;
  /** How many results of the reference ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
}

/** @throws Error for an unknown kind */
export async function comparePrograms(
  kind: string,
  seed: number,
  count: number,
  show: (text: string) => void,
): Promise<ProgramOutcome> {
  const generate = KINDS[kind];
  if (generate === undefined) throw new Error(`--kind: one of ${Object.keys(KINDS).join(", ")}`);
  const { genesis } = await askReference([], null);
  const random = new CaseRandom(seed);
  const cases = Array.from({ length: count }, (_, i) => generate(random, i, genesis));
  const { answers } = await askReference(cases, genesis);
  const ends: Record<string, number> = {};
  let results = 0;
  let differing = 0;
  let deadly = 0;
  cases.forEach((each, i) => {
    const expected = answers[i] as readonly Answer[];
    for (const answer of expected) ends[endOf(answer)] = (ends[endOf(answer)] ?? 0) + 1;
    results += expected.length;
    if (expected.some(isDeath)) {
      deadly++;
      return;
    }
    const found = differences(expected, ourAnswers(each, genesis));
    if (found.length === 0) return;
    differing++;
    if (differing > SHOWN_MAX) return;
    const text = describeCase(each).slice(0, TEXT_MAX);
    show(`${text}\n    ${found.slice(0, FIELDS_SHOWN).join("\n    ")}`);
  });
  return { kind, seed, cases: cases.length, results, differing, deadly, ends };
}

function endOf(answer: Answer): string {
  if ("thrown" in answer) return `thrown ${answer.thrown}`;
  if (answer.parse === false) return "no form";
  if ("decoded" in answer) return "not decoded";
  return typeof answer.code === "string" ? answer.code : "ok";
}

function isDeath(answer: Answer): boolean {
  return typeof answer.thrown === "string" && /(Error|Panic)$/.test(answer.thrown);
}

function differences(expected: readonly Answer[], actual: readonly Answer[]): string[] {
  return expected.flatMap((row, i) => {
    const own = actual[i] ?? {};
    return [...new Set([...Object.keys(row), ...Object.keys(own)])]
      .filter((field) => field !== "code" && !isSame(field, row[field], own[field]))
      .map((field) => `${i} ${field}: ${show(row[field])}, ours ${show(own[field])}`);
  });
}

/** What was thrown, and why something is no transaction, is free. */
function isSame(field: string, expected: unknown, actual: unknown): boolean {
  if (field === "thrown" || field === "decoded")
    return (expected === undefined) === (actual === undefined);
  return show(expected) === show(actual);
}

function show(field: unknown): string {
  return JSON.stringify(field) ?? "none";
}
