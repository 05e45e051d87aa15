// Runs calls of the libraries on our genesis State and on the reference's, which is in a folder,
// and compares values, error codes, what was logged, and juice: the scenarios of test/genesis/lib
// on both States, and the file library-scenarios of that folder, which holds what the reference
// answered, on ours. Prints a line a file and the differences that are not listed with a reason;
// --all prints those that are, and --juice a table of what the calls cost. Exits 1 when there is a
// difference that is not listed, one that is listed and not there, or a call that costs more than a
// tenth more.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { existing, readCommandLine, UsageError } from "../../release/tool.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { List } from "../../src/data/list.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import { errorText, VECTOR_PRINT_LIMIT } from "../conformance/cells.ts";
import { invoke } from "../conformance/expressions.ts";
import { readGenesis } from "../conformance/genesis-state.ts";
import { printEvents } from "../conformance/library-scenarios.ts";
import { numberOf, type Row, readVectorFile, textOf } from "../conformance/vector-file.ts";
import { compareScenario, describeOutcome } from "./both-states.ts";
import { JuiceTable } from "./juice-table.ts";
import { FORM, KNOWN_DIFFERENCES } from "./known-differences.ts";
import { readScenarios } from "./scenario.ts";
import { testGenesis } from "./test-genesis.ts";

const LIB = join(import.meta.dir, "lib");
const TOOL = {
  command: "bun run test/genesis/differential.ts",
  usage: `DIR [--juice] [--all]

  DIR      the folder with the reference's genesis State and library-scenarios
  --juice  a table of what the calls cost
  --all    the differences, too, that are listed with a reason`,
  flags: { juice: "switch", all: "switch" },
  places: ["DIR"],
} as const;
/** Longest form that is compared, in characters; code of libraries is longer. */
const FORM_SHOWN = 500;

/** What was found in a file. */
class Report {
  readonly #name: string;
  #calls = 0;
  #equal = 0;
  readonly listed: string[] = [];
  readonly wrong: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  equal(): void {
    this.#calls++;
    this.#equal++;
  }

  differs(text: string, isListed: boolean): void {
    this.#calls++;
    (isListed ? this.listed : this.wrong).push(text);
  }

  get line(): string {
    const listed = this.listed.length === 0 ? "" : `, ${this.listed.length} differ as listed`;
    return `${this.#name}: ${this.#equal} of ${this.#calls} calls equal${listed}`;
  }
}

/** The scenarios of a file of test/genesis/lib on both States. */
function compareFile(file: string, reference: State, juice: JuiceTable): Report {
  const report = new Report(`lib/${file}`);
  for (const scenario of readScenarios(readFileSync(join(LIB, file), "utf8"))) {
    const comparisons = compareScenario(scenario, testGenesis(), reference);
    for (const { isEqual, reason, account, source, ours, reference: theirs } of comparisons) {
      if (isEqual) {
        report.equal();
        juice.add(file, source, ours.juice, theirs.juice);
        continue;
      }
      const outcomes = `ours ${describeOutcome(ours)}, the reference ${describeOutcome(theirs)}`;
      const text = `#${account} ${source}: ${outcomes}`;
      report.differs(reason === null ? text : `${text} (${reason})`, reason !== null);
    }
    const excused = comparisons.filter(({ reason }) => reason !== null);
    if (excused.length > 0 && excused.every(({ isEqual }) => isEqual)) {
      report.wrong.push(`nothing differs any more in '${scenario.title}'`);
    }
  }
  return report;
}

/**
 * The recorded scenarios on our State. Where the reference failed and ours did not, ours goes on
 * from the State before, so that what follows can be compared.
 */
function replay(dir: string, juice: JuiceTable): Report {
  const report = new Report("library-scenarios");
  const known = new Map(
    KNOWN_DIFFERENCES.flatMap(({ reason, outcomes }) =>
      Object.entries(outcomes).map(([step, outcome]) => [Number(step), { outcome, reason }]),
    ),
  );
  let state = testGenesis();
  for (const row of readVectorFile(dir, "library-scenarios").rows) {
    if (row.reset === true) {
      state = testGenesis();
      continue;
    }
    const { step, account, expected, source } = recorded(row);
    const result = invoke(state, account, readForm(source));
    const actual = printed(result, "log" in row);
    const difference = known.get(step);
    if (actual === expected) {
      report.equal();
      juice.add("library-scenarios", source, result.juice, numberOf(row, "juice"));
      if (difference !== undefined) report.wrong.push(`step ${step} does not differ any more`);
    } else {
      const text = `step ${step} #${account} ${source}: ours ${actual}, the reference ${expected}`;
      const isListed = difference?.outcome === actual;
      report.differs(isListed ? `${text} (${difference.reason})` : text, isListed);
    }
    const isOnlyOurs = "error" in row && result.error === null;
    state = isOnlyOurs ? state : result.state;
  }
  return report;
}

/** Value or error, and the events where they count. */
function printed({ error, value, log }: TransactionOutcome, hasEvents: boolean): string {
  if (error !== null) return String(errorText(error.code));
  const text = String(print(value, VECTOR_PRINT_LIMIT));
  if (value instanceof List && text.length > FORM_SHOWN) return FORM;
  return hasEvents && log.count > 0 ? `${text} ${printEvents(log)}` : text;
}

function recorded(row: Row) {
  const failed = typeof row.error === "string";
  const log = !failed && typeof row.log === "string" ? ` ${row.log}` : "";
  return {
    step: numberOf(row, "step"),
    account: numberOf(row, "account"),
    source: textOf(row, "src"),
    expected: failed ? String(row.error) : textOf(row, "value") + log,
  };
}

function run(dir: string, options: { readonly juice: boolean; readonly all: boolean }): boolean {
  const reference = readGenesis(dir);
  const juice = new JuiceTable();
  const files = readdirSync(LIB).sort();
  const reports = files.map((file) => compareFile(file, reference, juice));
  reports.push(replay(dir, juice));
  for (const report of reports) {
    console.log(report.line);
    for (const text of report.wrong) console.log(`  NOT LISTED ${text}`);
    if (options.all) for (const text of report.listed) console.log(`  ${text}`);
  }
  if (options.juice) console.log(juice.print());
  console.log(juice.summary());
  return reports.every(({ wrong }) => wrong.length === 0) && juice.dear.length === 0;
}

const wanted = readCommandLine(TOOL, ({ values, positionals: [dir] }) => {
  if (dir === undefined) throw new UsageError("DIR is needed");
  return { dir: existing(dir, "DIR"), values };
});
process.exitCode = run(wanted.dir, wanted.values) ? 0 : 1;
