// `account info` and `account balance`: accounts as the State has them.

import { buildCommand } from "@stricli/core";
import type { Address } from "../../../data/address.ts";
import { type AccountFacts, accountFacts } from "../../contact/account-facts.ts";
import { type HostFlags, hostFlags, withPeer } from "../../contact/peer-client.ts";
import { guarded } from "../../failure.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import { addressText, parseAddress } from "../../terminal/address-text.ts";
import { coinsText, grouped } from "../../terminal/amounts.ts";
import { printJsonLine, rowsText } from "../../terminal/json-line.ts";

interface InfoFlags extends HostFlags {
  readonly json: boolean;
}

function factsForScripts({ address, ...facts }: AccountFacts) {
  return { address: address.value, ...facts, type: facts.key === null ? "actor" : "user" };
}

async function info(flags: InfoFlags, address: Address): Promise<void> {
  const account = await withPeer(flags, (client) => accountFacts(client, address));
  if (flags.json) {
    printJsonLine(factsForScripts(account));
    return;
  }
  process.stdout.write(
    rowsText([
      ["account", addressText(address)],
      ["key", account.key ?? "none: an actor, for which nobody signs"],
      ["balance", `${coinsText(account.balance)} (${grouped(account.balance)} copper)`],
      ["sequence", String(account.sequence)],
      ["allowance", `${grouped(account.allowance)} bytes of memory`],
    ]),
  );
}

async function balance(flags: InfoFlags, addresses: readonly Address[]): Promise<void> {
  await withPeer(flags, async (client) => {
    for (const address of addresses) {
      const account = await accountFacts(client, address);
      if (flags.json) printJsonLine({ address: address.value, balance: account.balance });
      else process.stdout.write(`${coinsText(account.balance)}\n`);
    }
  });
}

const addressParameter = {
  parse: parseAddress,
  placeholder: "#N",
  brief: "Address of the account",
} as const;

export const infoCommand = buildCommand({
  docs: { brief: "Key, balance and sequence of an account" },
  parameters: {
    flags: { dataDir: dataDirFlag, ...hostFlags, json: jsonFlag },
    positional: { kind: "tuple", parameters: [addressParameter] },
  },
  func: (flags: InfoFlags, address: Address) => guarded(() => info(flags, address)),
});

export const balanceCommand = buildCommand({
  docs: { brief: "Balances of accounts; --json has them in copper" },
  parameters: {
    flags: { dataDir: dataDirFlag, ...hostFlags, json: jsonFlag },
    positional: { kind: "array", parameter: addressParameter, minimum: 1 },
  },
  func: (flags: InfoFlags, ...addresses: Address[]) => guarded(() => balance(flags, addresses)),
});
