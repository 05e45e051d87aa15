// `stake delegate`: stake of any account in any peer.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../../data/address.ts";
import type { Integer } from "../../../data/cell.ts";
import { accountFacts } from "../../contact/account-facts.ts";
import { requireCovered } from "../../contact/overdrawn.ts";
import { withPeer } from "../../contact/peer-client.ts";
import { delegatedBy, meantPeer, peerFacts, peerFlag } from "../../contact/peer-facts.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag } from "../../flags.ts";
import { accountKeyFlags, type KeyChoice } from "../../keys/account-key.ts";
import { addressFlag, addressText } from "../../terminal/address-text.ts";
import { coinsText, parseAmount } from "../../terminal/amounts.ts";
import { printJsonLine } from "../../terminal/json-line.ts";
import { orExpected } from "../../transactions/stake-change.ts";
import { delegationIntent } from "../../transactions/stake-intent.ts";
import {
  carryOut,
  printOutcome,
  type SubmitFlags,
  submitFlags,
} from "../../transactions/submission.ts";

interface DelegateFlags extends SubmitFlags, KeyChoice {
  readonly peer?: string | undefined;
  readonly address?: Address | undefined;
}

async function delegate(flags: DelegateFlags, amount: Integer): Promise<void> {
  const { address } = flags;
  if (address === undefined) {
    throw new CommandError(EXIT.USAGE, "Whose stake is it? Give --address '#N'");
  }
  const peer = await meantPeer(flags);
  await withPeer(flags, async (client) => {
    const facts = await peerFacts(client, peer);
    const account = await accountFacts(client, address);
    const before = await delegatedBy(client, peer, address);
    const said = { peer, address: address.value, before };
    if (before === amount) {
      if (flags.json) printJsonLine({ ...said, after: before, final: false, unchanged: true });
      else process.stdout.write(`Nothing to do: ${coinsText(before)} are delegated already.\n`);
      return;
    }
    requireCovered(facts, address, before, amount);
    const intent = delegationIntent(facts, account, before, amount);
    const outcome = await carryOut(client, intent, flags, flags);
    const now = () => delegatedBy(client, peer, address);
    const after = outcome.kind === "final" ? await orExpected(amount, now) : amount;
    printOutcome(outcome, flags.json, { ...said, after }, [
      [`delegated by ${addressText(address)}`, coinsText(after)],
    ]);
  });
}

export const delegateCommand = buildCommand({
  docs: {
    brief: "Set what an account has delegated to a peer; 0 takes it back",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...submitFlags,
      peer: peerFlag,
      address: addressFlag("Account that delegates"),
      ...accountKeyFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: parseAmount, placeholder: "CVM", brief: "Coins delegated from then on" },
      ],
    },
  },
  func: (flags: DelegateFlags, amount: Integer) => guarded(() => delegate(flags, amount)),
});
