// `transact`: has the network execute a form as an account, in one go or, where the key lives on
// another machine, in three: `--offline` writes the transaction, `--sign` signs it, `--signed`
// sends it.

import { buildCommand } from "@stricli/core";
import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { compareIntegers } from "../../data/integer.ts";
import { SignedData } from "../../data/signed.ts";
import type { Transaction } from "../../state/transaction.ts";
import { type AccountFacts, accountFacts } from "../contact/account-facts.ts";
import { type PeerClient, withPeer } from "../contact/peer-client.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { dataDirFlag } from "../flags.ts";
import {
  accountKeyFlags,
  type KeyChoice,
  openSigningKey,
  signingKey,
} from "../keys/account-key.ts";
import { fileFlag, requireOneInput } from "../keys/passphrase.ts";
import { addressFlag, addressText } from "../terminal/address-text.ts";
import { coinsText } from "../terminal/amounts.ts";
import { printJsonLine, rowsText } from "../terminal/json-line.ts";
import { givenForms } from "../transactions/form-text.ts";
import { valueText } from "../transactions/result-output.ts";
import {
  carryOut,
  type Intent,
  NOTHING_DONE,
  printOutcome,
  requireConsent,
  type SubmitFlags,
  send,
  submitFlags,
} from "../transactions/submission.ts";
import {
  readTransactionFile,
  signedOf,
  writeTransactionFile,
} from "../transactions/transaction-file.ts";

interface TransactFlags extends SubmitFlags, KeyChoice {
  readonly address?: Address | undefined;
  readonly file?: string | undefined;
  readonly sign?: string | undefined;
  readonly out?: string | undefined;
  readonly signed?: string | undefined;
}

const FORM_LENGTH = 200;

function shortened(text: string): string {
  return text.length <= FORM_LENGTH ? text : `${text.slice(0, FORM_LENGTH)}…`;
}

/** What is shown of a form, or a transaction, and of who pays. */
function intentOf(account: AccountFacts, command: Value): Intent {
  const { address, balance } = account;
  return {
    summary: `Account ${addressText(address)} executes ${shortened(valueText(command))}`,
    rows: [["balance", coinsText(balance)]],
    warnings: [],
    account,
    command,
  };
}

async function execute(flags: TransactFlags, texts: readonly string[]): Promise<void> {
  requireOneInput(flags.file, flags);
  const forms = givenForms(texts, flags.file);
  const [form] = forms;
  if (forms.length !== 1 || form === undefined) {
    const fix = "put them into one: (do …)";
    throw new CommandError(EXIT.USAGE, `A transaction has one form, found ${forms.length}: ${fix}`);
  }
  const { address } = flags;
  if (address === undefined) {
    throw new CommandError(EXIT.USAGE, "Which account acts, and pays? Give --address '#N'");
  }
  await withPeer(flags, async (client) => {
    const intent = intentOf(await accountFacts(client, address), form);
    // A form typed by hand is its own question, unless somebody asks for the preview.
    const outcome = await carryOut(client, intent, flags, { ...flags, yes: true });
    printOutcome(outcome, flags.json, { address: address.value });
  });
}

/** Signs what another machine wrote; needs no network. */
async function sign(flags: TransactFlags, path: string): Promise<void> {
  const { out } = flags;
  if (out === undefined) throw new CommandError(EXIT.USAGE, "Where to? Give --out FILE");
  const file = readTransactionFile(path);
  const { transaction } = file;
  const whose = `account ${addressText(transaction.origin)}`;
  const key = signingKey(flags, file.publicKey, whose);
  process.stderr.write(
    rowsText([
      ["account", addressText(transaction.origin)],
      ["sequence", String(transaction.sequence)],
      ["executes", valueText(transaction)],
      ["network", file.network],
      ["its maker says", file.summary === "" ? "nothing" : file.summary],
      ["signs", key.publicKey],
    ]),
  );
  if (flags.dryRun) {
    if (flags.json) printJsonLine({ dryRun: true, publicKey: key.publicKey });
    else process.stdout.write(NOTHING_DONE);
    return;
  }
  await requireConsent(flags);
  const signed = SignedData.sign(await openSigningKey(key, flags), transaction);
  const { signature } = signed;
  writeTransactionFile(out, { ...file, publicKey: key.publicKey, signature });
  if (flags.json) printJsonLine({ file: out, publicKey: key.publicKey });
  else process.stdout.write(`Signed: \`convex-peer transact --signed ${out}\` sends it.\n`);
}

/** @throws CommandError when the file is meant for another network */
async function requireNetwork(client: PeerClient, network: string): Promise<void> {
  const { genesis } = await client.status();
  const found = toHex(bytesOfKey(genesis));
  if (found === network) return;
  const text = `The transaction is for the network ${network}, the peer is of ${found}`;
  throw new CommandError(EXIT.CONFIG, `${text}: go through a peer of the right one with --via`);
}

/** @throws CommandError when it can never be executed: its place in the account is taken */
function requireNext({ sequence }: Transaction, { address, sequence: used }: AccountFacts): void {
  if (compareIntegers(sequence, used) > 0) return;
  const why = `it has sequence ${sequence}, and account ${addressText(address)} is at ${used} already`;
  const fix = "if it was not this one that was sent before, make it anew with --offline";
  throw new CommandError(
    EXIT.DATAERR,
    `The transaction can't be executed any more: ${why}; ${fix}`,
  );
}

async function sendSigned(flags: TransactFlags, path: string): Promise<void> {
  const file = readTransactionFile(path);
  const signed = signedOf(file);
  const { transaction } = file;
  await withPeer(flags, async (client) => {
    await requireNetwork(client, file.network);
    const account = await accountFacts(client, transaction.origin);
    requireNext(transaction, account);
    const outcome = flags.dryRun
      ? await carryOut(client, intentOf(account, transaction), flags, flags)
      : await send(client, signed, flags.timeout, true);
    printOutcome(outcome, flags.json, { address: transaction.origin.value });
  });
}

/** @throws CommandError for flags of different ways to go, of which one would be left out */
function requireOneWay(flags: TransactFlags, texts: readonly string[]): void {
  const { sign: toSign, signed, file, out, offline } = flags;
  const hasForm = texts.length > 0 || file !== undefined;
  const ways = [toSign !== undefined, signed !== undefined, hasForm].filter(Boolean);
  if (ways.length > 1) {
    throw new CommandError(EXIT.USAGE, "Give a form, --sign FILE or --signed FILE, one of them");
  }
  if (offline !== undefined && (toSign ?? signed) !== undefined) {
    throw new CommandError(EXIT.USAGE, "--offline FILE is for a form that is not signed yet");
  }
  if (out !== undefined && toSign === undefined) {
    const advice = "an unsigned transaction is written with --offline FILE";
    throw new CommandError(EXIT.USAGE, `--out FILE goes with --sign FILE: ${advice}`);
  }
}

async function transact(flags: TransactFlags, texts: readonly string[]): Promise<void> {
  const { sign: toSign, signed } = flags;
  requireOneWay(flags, texts);
  if (toSign !== undefined) return sign(flags, toSign);
  return signed === undefined ? execute(flags, texts) : sendSigned(flags, signed);
}

export const transactCommand = buildCommand({
  docs: {
    brief: "Execute a form as an account, and wait until it is final",
    fullDescription:
      "Signs a form with the account's key, sends it and prints the receipt. It does not ask: --dry-run " +
      "shows what it would cost.\n" +
      "Where the key lives on another machine: --offline FILE here, --sign FILE --out SIGNED there, " +
      "--signed SIGNED here again.\n" +
      "Example: convex-peer transact --address '#42' --key-file my.json '(transfer #12 1000)'",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...submitFlags,
      address: addressFlag("Account that acts, and pays"),
      file: fileFlag("File with the form; - for standard input"),
      ...accountKeyFlags,
      sign: fileFlag("Sign the transaction that --offline wrote to this file (needs no network)"),
      out: fileFlag("New file for the signed transaction"),
      signed: fileFlag("Send the signed transaction in this file"),
    },
    positional: {
      kind: "array",
      parameter: { parse: String, placeholder: "FORM", brief: "Convex Lisp" },
    },
  },
  func: (flags: TransactFlags, ...forms: string[]) => guarded(() => transact(flags, forms)),
});
