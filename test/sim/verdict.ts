// Whose fault it is. The merge is the network's, bit for bit: what goes wrong although every step
// of every honest peer is what the rules say (plain-merge.ts) is a finding about the protocol; all
// else is ours.

import { KEPT_POINT } from "./checkers/quorum.ts";
import { judged } from "./judged-merge.ts";
import { type RunOptions, type RunReport, Simulation } from "./simulation.ts";

/** What the rules may lead to by themselves. Nothing else is ever put down to them. */
const RULES_OF_PROTOCOL = ["final prefix", "liveness", KEPT_POINT];

export type Verdict = "ours" | "protocol";

/** Looks at a run with complaints, by doing it again with a second opinion on each merge. */
export function verdictOn(options: RunOptions, report: RunReport): Verdict {
  const mayBeProtocol = report.complaints.every(({ rule }) => RULES_OF_PROTOCOL.includes(rule));
  if (!mayBeProtocol) return "ours";
  let differences = 0;
  const merge = judged(() => differences++, undefined, options.merge);
  const again = new Simulation({ ...options, merge }).run();
  const isSame = again.transcript === report.transcript;
  if (!isSame || differences > 0) return "ours";
  const isStuck = report.complaints.some(({ rule }) => rule === "liveness");
  return isStuck && !again.isDeadlock ? "ours" : "protocol";
}
