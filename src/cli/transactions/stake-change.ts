// Carries out a change of a controller's stake: by `stake set`, `add`, `withdraw`, and in an
// emergency.

import type { Integer } from "../../data/cell.ts";
import { accountFacts } from "../contact/account-facts.ts";
import { requireValued } from "../contact/overdrawn.ts";
import type { PeerClient } from "../contact/peer-client.ts";
import {
  isEligible,
  networkFacts,
  ownAfter,
  type PeerFacts,
  peerFacts,
} from "../contact/peer-facts.ts";
import { CommandError } from "../failure.ts";
import type { SignerChoice } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText } from "../terminal/amounts.ts";
import type { Rows } from "../terminal/json-line.ts";
import { stakeIntent } from "./stake-intent.ts";
import { carryOut, type Outcome, type SubmitFlags } from "./submission.ts";

/** How it ended; `before` and `after` are as the State has it, or will have it. */
export interface ChangedStake {
  readonly outcome: Outcome | null;
  readonly before: PeerFacts;
  readonly after: Integer;
}

/**
 * Sets a controller's stake to what `next` makes of the present one. Nothing is sent when there is
 * nothing to change: the rules pay a controller twice who sets shares that are there already.
 * @throws CommandError, NoReplyError
 */
export async function changeStake(
  client: PeerClient,
  peer: string,
  next: (facts: PeerFacts) => Integer,
  choice: SignerChoice,
  flags: SubmitFlags,
): Promise<ChangedStake> {
  const facts = await peerFacts(client, peer);
  requireValued(facts);
  const wanted = next(facts);
  if (wanted === facts.shares) return { outcome: null, before: facts, after: facts.own };
  const network = await networkFacts(client);
  const account = await accountFacts(client, facts.controller);
  const intent = stakeIntent({ facts, network, account, next: wanted });
  const outcome = await carryOut(client, intent, choice, flags);
  if (outcome.kind !== "final") return { outcome, before: facts, after: ownAfter(facts, wanted) };
  const expected = ownAfter(facts, wanted);
  const after = await orExpected(expected, async () => (await peerFacts(client, peer)).own);
  return { outcome, before: facts, after };
}

/** What is asked once all is final: where the peer answers no more, nothing is undone by that. */
export async function orExpected(expected: Integer, ask: () => Promise<Integer>): Promise<Integer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CommandError) return expected;
    throw error;
  }
}

/** For `--json`: `before` and `after` are copper, the value of the controller's stake. */
export function changeFacts({ before, after }: ChangedStake) {
  return {
    peer: before.peer,
    controller: before.controller.value,
    before: before.own,
    after,
    takesPart: isEligible(after),
  };
}

/** What `changeFacts` says, for people. */
export function changeRows({ before, after }: ChangedStake): Rows {
  return [
    ["own stake", `${coinsText(after)}, by ${addressText(before.controller)}`],
    ["consensus", isEligible(after) ? "takes part" : "takes no part"],
  ];
}
