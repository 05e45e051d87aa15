// `peer set-url`: the address under which others find a peer.

import { buildCommand } from "@stricli/core";
import { accountFacts } from "../../contact/account-facts.ts";
import { withPeer } from "../../contact/peer-client.ts";
import { meantPeer, peerFacts, peerFlag } from "../../contact/peer-facts.ts";
import { guarded } from "../../failure.ts";
import { dataDirFlag, parseUrl } from "../../flags.ts";
import {
  type ControllerKeyFlags,
  controllerChoice,
  controllerKeyFlags,
  shortKey,
} from "../../keys/account-key.ts";
import { printJsonLine } from "../../terminal/json-line.ts";
import { urlForm } from "../../transactions/peer-record-form.ts";
import {
  carryOut,
  printOutcome,
  type SubmitFlags,
  submitFlags,
} from "../../transactions/submission.ts";

interface SetUrlFlags extends SubmitFlags, ControllerKeyFlags {
  readonly peer?: string | undefined;
}

async function setUrl(flags: SetUrlFlags, text: string): Promise<void> {
  const url = parseUrl(text);
  const peer = await meantPeer(flags);
  await withPeer(flags, async (client) => {
    const facts = await peerFacts(client, peer);
    if (facts.url === url) {
      if (flags.json) printJsonLine({ peer, url, final: false, unchanged: true });
      else process.stdout.write(`Nothing to do: ${url} is published already.\n`);
      return;
    }
    const account = await accountFacts(client, facts.controller);
    const intent = {
      summary: `Other peers find ${shortKey(peer)} at ${url} from then on`,
      rows: [["url", `${facts.url ?? "none"} → ${url}`]] as const,
      warnings: [],
      account,
      command: urlForm(facts.metadata, peer, url, account.key),
    };
    // Nothing is at risk: it can be set again.
    const outcome = await carryOut(client, intent, controllerChoice(flags), {
      ...flags,
      yes: true,
    });
    printOutcome(outcome, flags.json, { peer, url }, [["url", url]]);
  });
}

export const setUrlCommand = buildCommand({
  docs: { brief: "Publish the address under which other peers reach this one" },
  parameters: {
    flags: { dataDir: dataDirFlag, ...submitFlags, peer: peerFlag, ...controllerKeyFlags },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "tcp://HOST:PORT", brief: "The address" }],
    },
  },
  func: (flags: SetUrlFlags, url: string) => guarded(() => setUrl(flags, url)),
});
