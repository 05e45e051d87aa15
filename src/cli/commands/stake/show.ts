// `stake show`: the stake of a peer, and what it counts for.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../../data/address.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../state/constants.ts";
import { accountFacts } from "../../contact/account-facts.ts";
import { overdrawnAdvice, overdrawnText } from "../../contact/overdrawn.ts";
import { type HostFlags, hostFlags, withPeer } from "../../contact/peer-client.ts";
import {
  delegatedBy,
  isEligible,
  meantPeer,
  networkFacts,
  type PeerFacts,
  peerFacts,
  peerFlag,
} from "../../contact/peer-facts.ts";
import { guarded } from "../../failure.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import { addressFlag, addressText } from "../../terminal/address-text.ts";
import { coinsText, countText } from "../../terminal/amounts.ts";
import { printJsonLine, type Rows, rowsText } from "../../terminal/json-line.ts";
import { partText } from "../../transactions/stake-intent.ts";

export interface ShowFlags extends HostFlags {
  readonly dataDir?: string | undefined;
  readonly peer?: string | undefined;
  readonly address?: Address | undefined;
  readonly json: boolean;
}

function timeText({ timestamp }: PeerFacts): string {
  return timestamp < 0 ? "none yet" : new Date(Number(timestamp)).toISOString();
}

/** What a peer's record says, for scripts. */
export function factsForScripts(facts: PeerFacts) {
  const { metadata: _metadata, isDeserted: _deserted, isOverdrawn, ...shown } = facts;
  const { controller, timestamp, ...plain } = shown;
  return {
    ...plain,
    own: isOverdrawn ? null : facts.own,
    controller: controller.value,
    lastBlock: timestamp,
    minimum: MINIMUM_EFFECTIVE_STAKE,
    takesPart: isEligible(facts.own),
  };
}

async function show(flags: ShowFlags): Promise<void> {
  const peer = await meantPeer(flags);
  await withPeer(flags, async (client) => {
    const facts = await peerFacts(client, peer);
    const network = await networkFacts(client);
    const controller = await accountFacts(client, facts.controller);
    const { address } = flags;
    const delegation = address === undefined ? null : await delegatedBy(client, peer, address);
    if (flags.json) {
      const more = delegation === null ? {} : { delegation };
      printJsonLine({ ...factsForScripts(facts), ...more, network });
      return;
    }
    const shares = BigInt(facts.shares) + BigInt(facts.delegated);
    const lack = facts.isOverdrawn ? "its stake has no value" : "below the minimum";
    const eligible = isEligible(facts.own) ? "takes part" : `takes NO part: ${lack}`;
    const own: Rows = facts.isOverdrawn
      ? [
          ["own stake", `can't be computed: ${overdrawnText(facts)}`],
          ["to do", overdrawnAdvice(facts)],
        ]
      : [["own stake", `${coinsText(facts.own)}, rewards included`]];
    const rows: Rows = [
      ["peer", peer],
      ["controller", `${addressText(facts.controller)}, ${coinsText(controller.balance)}`],
      ...own,
      ["minimum", coinsText(MINIMUM_EFFECTIVE_STAKE)],
      ["consensus", eligible],
      ["delegated", `${coinsText(facts.delegated)} by ${countText(facts.delegators, "account")}`],
      ["weight", `${partText(shares, network.shares)} of all stake, before it decays`],
      ["network", `${countText(network.peers, "peer")}, ${network.eligible} with the minimum`],
      ["url", facts.url ?? "none: other peers can't find it"],
      ["last block", timeText(facts)],
    ];
    const mine: Rows =
      delegation === null || address === undefined
        ? []
        : [[`delegated by ${addressText(address)}`, coinsText(delegation)]];
    process.stdout.write(rowsText([...rows, ...mine]));
  });
}

export const showCommand = buildCommand({
  docs: { brief: "Stake of a peer, and what it counts for" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...hostFlags,
      peer: peerFlag,
      address: addressFlag("Account whose delegated stake is shown too"),
      json: jsonFlag,
    },
  },
  func: (flags: ShowFlags) => guarded(() => show(flags)),
});
