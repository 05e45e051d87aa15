// `peer evict`: removes a peer's record and pays everybody's stake back. Its controller may always,
// others once its own stake is below the minimum.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../../data/address.ts";
import { Blob } from "../../../data/blob.ts";
import { List } from "../../../data/list.ts";
import { CVMSymbol } from "../../../data/symbol.ts";
import { type AccountFacts, accountFacts } from "../../contact/account-facts.ts";
import { requireValued } from "../../contact/overdrawn.ts";
import { withPeer } from "../../contact/peer-client.ts";
import {
  isEligible,
  meantPeer,
  type NetworkFacts,
  networkFacts,
  type PeerFacts,
  peerFacts,
  peerFlag,
} from "../../contact/peer-facts.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag } from "../../flags.ts";
import {
  type ControllerKeyFlags,
  controllerChoice,
  controllerKeyFlags,
  shortKey,
} from "../../keys/account-key.ts";
import { addressFlag, addressText } from "../../terminal/address-text.ts";
import { coinsText, countText } from "../../terminal/amounts.ts";
import {
  carryOut,
  type Intent,
  printOutcome,
  type SubmitFlags,
  submitFlags,
} from "../../transactions/submission.ts";

interface EvictFlags extends SubmitFlags, ControllerKeyFlags {
  readonly peer?: string | undefined;
  readonly address?: Address | undefined;
}

function evictionIntent(facts: PeerFacts, network: NetworkFacts, account: AccountFacts): Intent {
  const warnings: string[] = [];
  if (isEligible(facts.own)) warnings.push("the peer takes part in consensus, and would cease to");
  if (isEligible(facts.own) && network.eligible <= 1) {
    warnings.push("no other peer has the minimum stake: the network STOPS for everybody");
  }
  return {
    summary: `Remove the record of peer ${shortKey(facts.peer)}`,
    rows: [
      ["peer", facts.peer],
      ["paid back", `${coinsText(facts.own)} to its controller ${addressText(facts.controller)}`],
      [
        "",
        `${coinsText(facts.delegated)} of shares to ${countText(facts.delegators, "delegator")}`,
      ],
      ["network", `${countText(network.peers, "peer")} → ${network.peers - 1}`],
    ],
    warnings,
    account,
    command: List.from([CVMSymbol.of("evict-peer"), Blob.of(Buffer.from(facts.peer, "hex"))]),
  };
}

async function evict(flags: EvictFlags): Promise<void> {
  const peer = await meantPeer(flags);
  await withPeer(flags, async (client) => {
    const facts = await peerFacts(client, peer);
    const { address = facts.controller } = flags;
    if (address.value !== facts.controller.value && isEligible(facts.own)) {
      const why = `it has the minimum stake, and ${addressText(address)} does not control it`;
      throw new CommandError(EXIT.NOPERM, `Peer ${shortKey(peer)} cannot be evicted: ${why}`);
    }
    requireValued(facts);
    if (facts.isDeserted) {
      const why = "by a defect of the rules of 0.8.5 it fails when the last delegator has left";
      const fix = "have any account delegate first: `convex-peer stake delegate 1copper`";
      throw new CommandError(
        EXIT.DATAERR,
        `Peer ${shortKey(peer)} cannot be evicted: ${why}; ${fix}`,
      );
    }
    const network = await networkFacts(client);
    const intent = evictionIntent(facts, network, await accountFacts(client, address));
    const outcome = await carryOut(client, intent, controllerChoice(flags), flags);
    printOutcome(outcome, flags.json, { peer, paid: facts.own }, [["record", "removed"]]);
  });
}

export const evictCommand = buildCommand({
  docs: { brief: "Remove a peer's record, and pay everybody's stake back" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...submitFlags,
      peer: peerFlag,
      address: addressFlag("Account that evicts (default: the controller)"),
      ...controllerKeyFlags,
    },
  },
  func: (flags: EvictFlags) => guarded(() => evict(flags)),
});
