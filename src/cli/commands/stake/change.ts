// `stake set|add|withdraw`: the stake of a peer's controller, through any peer of the network.

import { buildCommand } from "@stricli/core";
import type { Integer } from "../../../data/cell.ts";
import { addLongs, subtractLongs } from "../../../state/long.ts";
import { withPeer } from "../../contact/peer-client.ts";
import { meantPeer, type PeerFacts, peerFlag } from "../../contact/peer-facts.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag } from "../../flags.ts";
import {
  type ControllerKeyFlags,
  controllerChoice,
  controllerKeyFlags,
} from "../../keys/account-key.ts";
import { coinsText, parseAmount } from "../../terminal/amounts.ts";
import { printJsonLine } from "../../terminal/json-line.ts";
import { changeFacts, changeRows, changeStake } from "../../transactions/stake-change.ts";
import { printOutcome, type SubmitFlags, submitFlags } from "../../transactions/submission.ts";

interface ChangeFlags extends SubmitFlags, ControllerKeyFlags {
  readonly dataDir?: string | undefined;
  readonly peer?: string | undefined;
}

const stakeFlags = {
  dataDir: dataDirFlag,
  ...submitFlags,
  peer: peerFlag,
  ...controllerKeyFlags,
} as const;

async function change(flags: ChangeFlags, next: (facts: PeerFacts) => Integer): Promise<void> {
  const peer = await meantPeer(flags);
  const changed = await withPeer(flags, (client) =>
    changeStake(client, peer, next, controllerChoice(flags), flags),
  );
  const facts = changeFacts(changed);
  if (changed.outcome !== null) {
    printOutcome(changed.outcome, flags.json, facts, changeRows(changed));
  } else if (flags.json) printJsonLine({ ...facts, final: false, unchanged: true });
  else process.stdout.write(`Nothing to do: the stake is ${coinsText(changed.after)} already.\n`);
}

/** @throws CommandError when there is less than that, or it is just what rewards have added */
function less({ own, shares }: PeerFacts, amount: Integer): Integer {
  const next = amount <= own ? subtractLongs(own, amount) : null;
  if (next !== null && next !== shares) return next;
  const why =
    next === null
      ? `there are ${coinsText(own)}`
      : "by a defect of the rules of 0.8.5 just the rewards would be paid, and stay in the record; " +
        "withdraw 1 copper more";
  throw new CommandError(EXIT.DATAERR, `Cannot withdraw ${coinsText(amount)}: ${why}`);
}

/** @throws CommandError for an amount that would change nothing */
function requireSome(amount: Integer, verb: "add" | "withdraw"): void {
  if (amount !== 0) return;
  throw new CommandError(EXIT.DATAERR, `How much? Expected more than 0 CVM to ${verb}`);
}

const amountParameter = {
  parse: parseAmount,
  placeholder: "CVM",
  brief: "Coins, as 1000 or 0.5; 500copper is copper",
} as const;

/** @param check refuses an amount before anybody is asked */
function amountCommand(
  brief: string,
  next: (facts: PeerFacts, amount: Integer) => Integer,
  check: (amount: Integer) => void = () => {},
) {
  return buildCommand({
    docs: { brief },
    parameters: {
      flags: stakeFlags,
      positional: { kind: "tuple", parameters: [amountParameter] },
    },
    func: (flags: ChangeFlags, amount: Integer) =>
      guarded(() => {
        check(amount);
        return change(flags, (facts) => next(facts, amount));
      }),
  });
}

export const setCommand = amountCommand(
  "Set the stake of the peer to an amount",
  (_facts, amount) => amount,
);

export const addCommand = amountCommand(
  "Add to the stake of the peer",
  ({ own }, amount) => addLongs(own, amount),
  (amount) => requireSome(amount, "add"),
);

interface WithdrawFlags extends ChangeFlags {
  readonly all: boolean;
}

async function withdraw(flags: WithdrawFlags, amount: Integer | undefined): Promise<void> {
  if (flags.all === (amount !== undefined)) {
    throw new CommandError(EXIT.USAGE, "How much? Give an amount, or --all");
  }
  if (amount !== undefined) requireSome(amount, "withdraw");
  await change(flags, (facts) => (amount === undefined ? 0 : less(facts, amount)));
}

export const withdrawCommand = buildCommand({
  docs: {
    brief: "Take stake back; --via another peer while one's own is down",
    fullDescription:
      "Pays stake back to the controller account. The peer itself need not run: --via names any other " +
      "peer of the network.\n" +
      "Example: convex-peer stake withdraw --all --via peer.example.org:18888 " +
      "--controller-key-file controller.json",
  },
  parameters: {
    flags: {
      ...stakeFlags,
      all: { kind: "boolean", default: false, brief: "Take back all of it" },
    },
    positional: {
      kind: "tuple",
      parameters: [{ ...amountParameter, optional: true }],
    },
  },
  func: (flags: WithdrawFlags, amount?: Integer) => guarded(() => withdraw(flags, amount)),
});
