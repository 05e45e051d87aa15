// `peer create`: a record and a stake for a peer, paid by the account that will control it.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../../data/address.ts";
import type { Integer } from "../../../data/cell.ts";
import { integer } from "../../../data/integer.ts";
import { CVMMap } from "../../../data/map.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../state/constants.ts";
import { type AccountFacts, accountFacts } from "../../contact/account-facts.ts";
import { withPeer } from "../../contact/peer-client.ts";
import {
  findPeer,
  isEligible,
  meantPeer,
  type NetworkFacts,
  networkFacts,
  peerFlag,
} from "../../contact/peer-facts.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag, urlFlag } from "../../flags.ts";
import {
  type ControllerKeyFlags,
  controllerChoice,
  controllerKeyFlags,
  shortKey,
} from "../../keys/account-key.ts";
import { addressFlag, addressText } from "../../terminal/address-text.ts";
import { coinsText, parseAmount } from "../../terminal/amounts.ts";
import { creationForm, urlForm } from "../../transactions/peer-record-form.ts";
import { effectText, partText } from "../../transactions/stake-intent.ts";
import {
  carryOut,
  type Intent,
  printOutcome,
  type SubmitFlags,
  submitFlags,
} from "../../transactions/submission.ts";

interface CreateFlags extends SubmitFlags, ControllerKeyFlags {
  readonly peer?: string | undefined;
  readonly address?: Address | undefined;
  readonly stake: Integer;
  readonly url?: string | undefined;
}

interface Creation {
  readonly peer: string;
  readonly stake: Integer;
  readonly url: string | null;
  readonly account: AccountFacts;
  readonly network: NetworkFacts;
}

function creationIntent({ peer, stake, url, account, network }: Creation): Intent {
  const who = addressText(account.address);
  const balance = integer(BigInt(account.balance) - BigInt(stake));
  const all = integer(BigInt(network.shares) + BigInt(stake));
  const publish = url === null ? null : urlForm(CVMMap.EMPTY, peer, url, account.key);
  const warnings: string[] = [];
  if (!isEligible(stake)) warnings.push("this stake is below the minimum: the peer takes no part");
  if (account.key === peer) {
    warnings.push(
      `${who} has the peer's own key: whoever breaks into the peer can take its stake; ` +
        "a controller with a key of its own is safer",
    );
  }
  return {
    summary: `Register peer ${shortKey(peer)} under the control of ${who}`,
    rows: [
      ["peer", peer],
      ["own stake", `0 CVM → ${coinsText(stake)}`],
      ["minimum", coinsText(MINIMUM_EFFECTIVE_STAKE)],
      ["consensus", effectText(0, stake)],
      ["weight", `${partText(stake, all)} of all stake`],
      ["url", url ?? "none: `convex-peer peer set-url` can publish one later"],
      [`balance of ${who}`, `${coinsText(account.balance)} → ${coinsText(balance)}, less the cost`],
    ],
    warnings,
    account,
    command: creationForm(peer, stake, publish),
  };
}

async function create(flags: CreateFlags): Promise<void> {
  const { address, stake, url = null } = flags;
  if (address === undefined) {
    throw new CommandError(EXIT.USAGE, "Which account controls the peer? Give --address '#N'");
  }
  const peer = await meantPeer(flags);
  await withPeer(flags, async (client) => {
    const there = await findPeer(client, peer);
    if (there !== null) {
      const fix = "`convex-peer stake show` shows it, `convex-peer stake set` changes its stake";
      const who = addressText(there.controller);
      throw new CommandError(
        EXIT.DATAERR,
        `Peer ${peer} is registered, controlled by ${who}: ${fix}`,
      );
    }
    const account = await accountFacts(client, address);
    const network = await networkFacts(client);
    const intent = creationIntent({ peer, stake, url, account, network });
    const outcome = await carryOut(client, intent, controllerChoice(flags), flags);
    const facts = { peer, controller: address.value, stake, takesPart: isEligible(stake), url };
    printOutcome(outcome, flags.json, facts, [["own stake", coinsText(stake)]]);
  });
}

export const createCommand = buildCommand({
  docs: {
    brief: "Give the peer a record and a stake, so that it can take part in consensus",
    fullDescription:
      "The account of --address pays the stake and controls the peer from then on: its key is the one " +
      "that can take the stake back. The peer needs only its own key, the controller's can stay away.\n" +
      "Example: convex-peer peer create --address '#42' --stake 5000 --controller-key-file c.json",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...submitFlags,
      peer: peerFlag,
      address: addressFlag("Account that pays the stake and controls the peer"),
      stake: {
        kind: "parsed",
        parse: parseAmount,
        placeholder: "CVM",
        brief: `Stake; from ${coinsText(MINIMUM_EFFECTIVE_STAKE)} on the peer takes part`,
      },
      url: urlFlag,
      ...controllerKeyFlags,
    },
  },
  func: (flags: CreateFlags) => guarded(() => create(flags)),
});
