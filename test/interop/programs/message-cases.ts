// Messages with transactions, damaged as by the fuzzer.

import { mutated } from "../../fuzz/mutation.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { opTransaction } from "./op-programs.ts";

export function damagedMessage(random: CaseRandom): Case {
  const made = opTransaction(random);
  const whole = made.kind === "transaction" ? made.message : new Uint8Array([0]);
  return { kind: "message", message: mutated(whole, random) };
}
