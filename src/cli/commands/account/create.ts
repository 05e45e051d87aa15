// `account create` and `account fund`: by the faucet of a test network, or by an account that pays.

import { buildCommand } from "@stricli/core";
import { toHex } from "../../../crypto/hex.ts";
import { Address } from "../../../data/address.ts";
import { Blob } from "../../../data/blob.ts";
import type { Integer, Value } from "../../../data/cell.ts";
import { compareIntegers } from "../../../data/integer.ts";
import { List } from "../../../data/list.ts";
import { CVMSymbol } from "../../../data/symbol.ts";
import { Vector } from "../../../data/vector.ts";
import { parsePublicKey } from "../../../keys/public-key-text.ts";
import { Transfer } from "../../../state/transaction.ts";
import { accountFacts, nextSequence } from "../../contact/account-facts.ts";
import {
  apiUrlFlag,
  type FaucetRequest,
  faucetAccount,
  faucetApi,
  faucetCoins,
  isWithoutCoins,
} from "../../contact/faucet-client.ts";
import { withPeer } from "../../contact/peer-client.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag } from "../../flags.ts";
import { accountKeyFlags, type KeyChoice } from "../../keys/account-key.ts";
import { chosenKey } from "../../keys/stored-key.ts";
import { addressFlag, addressText, parseAddress } from "../../terminal/address-text.ts";
import { coinsText, parseAmount } from "../../terminal/amounts.ts";
import { printJsonLine } from "../../terminal/json-line.ts";
import { shellWord } from "../../terminal/shell-word.ts";
import {
  carryOut,
  printOutcome,
  type SubmitFlags,
  submitFlags,
} from "../../transactions/submission.ts";

const SECOND_MS = 1_000;
/** One coin: what a faucet gives at most to one that is there already. */
const DEFAULT_AMOUNT = "1";

interface PayFlags extends SubmitFlags, KeyChoice {
  readonly api?: string | undefined;
  readonly from?: Address | undefined;
  readonly amount: Integer;
}

interface CreateFlags extends PayFlags {
  readonly publicKey?: string | undefined;
}

const payFlags = {
  dataDir: dataDirFlag,
  ...submitFlags,
  ...accountKeyFlags,
  api: apiUrlFlag,
  from: addressFlag("Account that pays, instead of a faucet"),
  amount: {
    kind: "parsed",
    parse: parseAmount,
    default: DEFAULT_AMOUNT,
    placeholder: "CVM",
    brief: "Coins to give",
  },
} as const;

/** @throws CommandError when both ways are named */
function requireOneWay({ api, from }: PayFlags): void {
  if (api === undefined || from === undefined) return;
  throw new CommandError(EXIT.USAGE, "Give --api, or --from, not both");
}

/**
 * The faucet that pays. @param look how to see what it gave, as the end of a sentence
 * @throws CommandError for what a faucet can't do
 */
async function payingFaucet(flags: PayFlags, look: string): Promise<FaucetRequest> {
  if (flags.dryRun || flags.offline !== undefined) {
    const why = "a faucet signs its own transaction, at once";
    const fix = "leave --dry-run and --offline out, or have an account pay with --from '#N'";
    throw new CommandError(EXIT.USAGE, `Nothing was done: ${why}; ${fix}`);
  }
  // --host and --port may be those of the configuration, for other commands.
  const found = flags.via === undefined ? flags.keyFile && "--key-file" : "--via";
  if (found !== undefined) {
    const fix = "say which with --from '#N', or name the API of a faucet with --api URL";
    throw new CommandError(EXIT.USAGE, `${found} is for an account that pays: ${fix}`);
  }
  return { api: await faucetApi(flags), timeoutMs: flags.timeout * SECOND_MS, look };
}

const symbol = (name: string) => CVMSymbol.of(name);

/** `(let [a (create-account key)] (transfer a amount) a)`, whose value is the new Address. */
function creation(publicKey: string, amount: Integer): Value {
  const create = List.from([symbol("create-account"), Blob.of(Buffer.from(publicKey, "hex"))]);
  if (amount === 0) return create;
  const name = symbol("address");
  const give = List.from([symbol("transfer"), name, amount]);
  return List.from([symbol("let"), Vector.of(name, create), give, name]);
}

/** The key of the new account in hex: where no account pays, `--key` can mean no other. */
function newAccountKey({ publicKey, dataDir, key, from }: CreateFlags): string {
  if (publicKey !== undefined) return toHex(parsePublicKey(publicKey));
  if (from === undefined && key !== undefined) return chosenKey({ dataDir, key }).publicKey;
  return chosenKey({ dataDir }, "--public-key").publicKey;
}

async function create(flags: CreateFlags): Promise<void> {
  requireOneWay(flags);
  const { amount, from } = flags;
  const publicKey = newAccountKey(flags);
  if (from === undefined) {
    const look = "asked again, it makes another account";
    const request = await payingFaucet(flags, look);
    const { api } = request;
    const address = await faucetAccount(request, publicKey, amount);
    if (flags.json) printJsonLine({ address, key: publicKey });
    else process.stdout.write(`#${address}\n`);
    if (amount === 0 || !(await isWithoutCoins(api, address))) return;
    const why = `the faucet at ${api} did not give ${coinsText(amount)}`;
    const fix = `ask for less: \`convex-peer account fund '#${address}' --amount CVM\``;
    throw new CommandError(EXIT.UNAVAILABLE, `Account #${address} has no coins: ${why}; ${fix}`);
  }
  await withPeer(flags, async (client) => {
    const account = await accountFacts(client, from);
    const summary = `Account ${addressText(from)} creates an account for key ${publicKey}`;
    const intent = {
      summary,
      rows: [
        ["given", coinsText(amount)],
        ["balance", coinsText(account.balance)],
      ] as const,
      warnings: [],
      account,
      command: creation(publicKey, amount),
    };
    const outcome = await carryOut(client, intent, flags, flags);
    const made = outcome.kind === "final" ? outcome.result.result : null;
    const address = made instanceof Address ? made.value : null;
    printOutcome(outcome, flags.json, { address, key: publicKey });
  });
}

async function fund(flags: PayFlags, address: Address): Promise<void> {
  requireOneWay(flags);
  const { amount, from } = flags;
  if (amount === 0) {
    throw new CommandError(EXIT.DATAERR, "How much? Expected more than 0 CVM to give");
  }
  if (from === undefined) {
    const info = `\`convex-peer account info ${shellWord(addressText(address))}\``;
    const request = await payingFaucet(flags, `${info} shows its coins`);
    const given = await faucetCoins(request, address.value, amount);
    if (flags.json) printJsonLine({ address: address.value, amount: given });
    else process.stdout.write(`${coinsText(given)}\n`);
    if (compareIntegers(given, amount) >= 0) return;
    const why = `the faucet gave ${coinsText(given)} of ${coinsText(amount)}, its most at a time`;
    throw new CommandError(EXIT.TEMPFAIL, `${why}: ask again, or have an account pay by --from`);
  }
  await withPeer(flags, async (client) => {
    const account = await accountFacts(client, from);
    await accountFacts(client, address);
    const intent = {
      summary: `Account ${addressText(from)} gives ${coinsText(amount)} to ${addressText(address)}`,
      rows: [["balance", coinsText(account.balance)]] as const,
      warnings: [],
      account,
      command: Transfer.of(from, nextSequence(account), address, amount),
    };
    const outcome = await carryOut(client, intent, flags, flags);
    printOutcome(outcome, flags.json, { address: address.value, amount });
  });
}

export const createCommand = buildCommand({
  docs: {
    brief: "A new account, from a faucet or paid by another account",
    fullDescription:
      "The account gets the key of --public-key, or else the key of the data directory.\n" +
      "Without --from the faucet of a test network pays (`convex-peer local` has one).",
  },
  parameters: {
    flags: {
      ...payFlags,
      publicKey: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "HEX",
        brief: "Public key of the new account (default: the key of the data directory)",
      },
    },
  },
  func: (flags: CreateFlags) => guarded(() => create(flags)),
});

export const fundCommand = buildCommand({
  docs: { brief: "Coins for an account, from a faucet or another account" },
  parameters: {
    flags: payFlags,
    positional: {
      kind: "tuple",
      parameters: [{ parse: parseAddress, placeholder: "#N", brief: "Account that gets them" }],
    },
  },
  func: (flags: PayFlags, address: Address) => guarded(() => fund(flags, address)),
});
