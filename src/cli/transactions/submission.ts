// How a transaction comes about on the command line: what it will do is shown, with its cost, asked
// about, then signed here and sent, or written to a file to be signed elsewhere; the command ends
// when the network has made it final, with a receipt.

import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { SignedData } from "../../data/signed.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import type { Result } from "../../state/result.ts";
import { Invoke, Transaction } from "../../state/transaction.ts";
import type { AccountFacts } from "../contact/account-facts.ts";
import { accountFacts, nextSequence } from "../contact/account-facts.ts";
import { type HostFlags, hostFlags, type PeerClient } from "../contact/peer-client.ts";
import { CommandError, EXIT } from "../failure.ts";
import { jsonFlag } from "../flags.ts";
import { openSigningKey, type SignerChoice, signingKey } from "../keys/account-key.ts";
import { fileFlag } from "../keys/passphrase.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText, grouped } from "../terminal/amounts.ts";
import { printJsonLine, type Rows, rowsText } from "../terminal/json-line.ts";
import { askYes, isInteractive } from "../terminal/terminal.ts";
import {
  errorCodeOf,
  executionInfo,
  failureOf,
  isUndecided,
  textIfShort,
} from "./result-output.ts";
import { inTurn } from "./signing-turn.ts";
import { writeTransactionFile } from "./transaction-file.ts";
import { isObserver, undecided } from "./undecided.ts";

const SECOND_MS = 1_000;
const TIMEOUT_MAX_S = 3_600;

export interface SubmitFlags extends HostFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly offline?: string | undefined;
  readonly timeout: number;
  readonly json: boolean;
}

/** @throws Error naming the range */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= TIMEOUT_MAX_S) return seconds;
  throw new Error(`expected a number of seconds up to ${TIMEOUT_MAX_S}, found '${text}'`);
}

/** Nobody answers at once. @throws Error naming what was expected */
function parseTimeout(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds > 0) return seconds;
  throw new Error(`expected a number of seconds above 0, found '${text}'`);
}

export const timeoutFlag = {
  kind: "parsed",
  parse: parseTimeout,
  default: "30",
  placeholder: "SECONDS",
  brief: "Longest wait for the network",
} as const;

export const submitFlags = {
  ...hostFlags,
  yes: { kind: "boolean", default: false, brief: "Do not ask, for scripts" },
  dryRun: { kind: "boolean", default: false, brief: "Show what would happen, and do nothing" },
  offline: fileFlag("Write the transaction to this new file, to be signed on another machine"),
  timeout: timeoutFlag,
  json: jsonFlag,
} as const;

/** What is to be done, by whom. */
export interface Intent {
  /** One sentence, without a full stop. */
  readonly summary: string;
  /** What will be different, for people. */
  readonly rows: Rows;
  readonly warnings: readonly string[];
  readonly account: AccountFacts;
  /** A form, or a transaction of the account. */
  readonly command: Value;
}

export interface Receipt {
  /** Hash of the signed transaction in hex. */
  readonly transaction: string;
  readonly block: number | null;
  readonly index: number | null;
  readonly juice: Integer | null;
  /** Copper. */
  readonly fees: Integer | null;
  /** Printed value, null for one that is too long to be printed, or to come in a message. */
  readonly value: string | null;
}

export type Outcome =
  | { readonly kind: "shown"; readonly juice: Integer | null; readonly fees: Integer | null }
  | { readonly kind: "written"; readonly file: string }
  | { readonly kind: "final"; readonly receipt: Receipt; readonly result: Result };

/**
 * The command itself when it is a transaction; else an Invoke of it, with the account's next
 * sequence.
 */
function transactionFor({ account, command }: Intent): Transaction {
  if (command instanceof Transaction) return command;
  return Invoke.of(account.address, nextSequence(account), command);
}

/** @throws CommandError, NoReplyError: then nothing was sent unless the message says so */
export async function carryOut(
  client: PeerClient,
  intent: Intent,
  choice: SignerChoice,
  flags: SubmitFlags,
): Promise<Outcome> {
  const { account } = intent;
  const whose = `account ${addressText(account.address)}`;
  if (account.key === null) {
    throw new CommandError(
      EXIT.NOPERM,
      `Nobody can sign for ${whose}: it is an actor, without key`,
    );
  }
  const signsHere = flags.offline === undefined && !flags.dryRun;
  const { opened } = choice;
  const key = signsHere && opened === undefined ? signingKey(choice, account.key, whose) : null;
  const transaction = transactionFor(intent);
  const expected = await client.ask(transaction);
  await requireExecution(client, expected, account);
  const cost = executionInfo(expected);
  if (flags.json && flags.yes) tellWarnings(intent);
  else showIntent(intent, cost, flags.dryRun);
  if (flags.dryRun) return { kind: "shown", juice: cost.juice, fees: cost.fees };
  if (flags.offline !== undefined) {
    const { genesis } = await client.status();
    writeTransactionFile(flags.offline, {
      transaction,
      summary: intent.summary,
      network: toHex(bytesOfKey(genesis)),
      publicKey: account.key,
      signature: null,
    });
    return { kind: "written", file: flags.offline };
  }
  await requireConsent(flags);
  const keyPair = opened ?? (await openSigningKey(key as NonNullable<typeof key>, choice));
  const sent = async () => {
    await requireUnused(client, account);
    return send(client, SignedData.sign(keyPair, transaction), flags.timeout);
  };
  // An emergency waits for nobody; done twice, it comes to the same.
  if (opened !== undefined) return sent();
  return inTurn(account.key, flags.timeout * SECOND_MS, sent);
}

/** @throws CommandError when the account's next sequence is another one by now */
async function requireUnused(client: PeerClient, { address, sequence }: AccountFacts) {
  const now = await accountFacts(client, address);
  if (now.sequence === sequence) return;
  const what = `Another transaction of account ${addressText(address)} came first`;
  throw new CommandError(EXIT.TEMPFAIL, `${what}: nothing was sent. Run the command again`);
}

/** Error codes of what coins that are on their way would have paid for. */
const POOR = ["FUNDS", "JUICE"];

/**
 * @throws CommandError with the peer's words; where coins are missing, with those that are there,
 * and where the peer may just not have heard of others yet, with that
 */
async function requireExecution(
  client: PeerClient,
  expected: Result,
  { address, balance }: AccountFacts,
): Promise<void> {
  const failure = failureOf(expected);
  if (failure === null) return;
  const code = errorCodeOf(expected) ?? "";
  const account = `account ${addressText(address)}`;
  const there = code === "FUNDS" ? ` (${account} has ${coinsText(balance)})` : "";
  let late = "";
  if (POOR.includes(code) && (await isObserver(client))) {
    const what = `${client.address} is an observer, which hears of blocks after the others`;
    const fix = "run the command again, or with --via HOST:PORT of a peer that takes part";
    late = `. ${what}: where ${account} has got coins just now, ${fix}`;
  }
  throw new CommandError(failure.exitCode, `${failure.message}${there}${late}`);
}

/**
 * Sends a signed transaction, and waits until it is final.
 * @param isFile whether it lies in a file, and can be sent once more as it is
 * @throws CommandError
 */
export async function send(
  client: PeerClient,
  signed: SignedData,
  timeoutSeconds: number,
  isFile = false,
): Promise<Outcome & { readonly kind: "final" }> {
  const result = await submitted(client, signed, timeoutSeconds, isFile);
  const failure = failureOf(result);
  if (failure !== null) {
    if (!isUndecided(errorCodeOf(result))) throw failure;
    const transaction = signed.value as Transaction;
    throw await undecided(client, transaction, failure.message, { isRefusal: true, isFile });
  }
  const { tx, block, index, juice, fees } = executionInfo(result);
  const receipt = {
    transaction: tx ?? "",
    block,
    index,
    juice,
    fees,
    // It is final, whatever can be shown of it.
    value: textIfShort(result.result),
  };
  return { kind: "final", receipt, result };
}

async function submitted(
  client: PeerClient,
  signed: SignedData,
  seconds: number,
  isFile: boolean,
): Promise<Result> {
  try {
    return await client.submit(signed, seconds * SECOND_MS);
  } catch (error) {
    const isUnanswered = error instanceof NoReplyError && error.code !== "LOAD";
    if (!isUnanswered && !(error instanceof CommandError)) throw error;
    const isLate = isUnanswered && error.code === "TIMEOUT";
    const why = isLate ? `No answer in ${seconds} s` : error.message;
    throw await undecided(client, signed.value as Transaction, why, { isRefusal: false, isFile });
  }
}

function showIntent(
  { summary, rows, warnings, account }: Intent,
  { juice, fees }: { readonly juice: Integer | null; readonly fees: Integer | null },
  isDryRun: boolean,
): void {
  const cost = juice === null || fees === null ? "not known" : costText(juice, fees);
  const shown: Rows = [...rows, ["cost", `${cost}, paid by ${addressText(account.address)}`]];
  const mood = isDryRun ? "Dry run, nothing is done. It would be: " : "";
  process.stderr.write(`${mood}${summary}\n${rowsText(shown, "  ")}`);
  tellWarnings({ warnings });
}

/** A script's log is where its operator looks. */
function tellWarnings({ warnings }: Pick<Intent, "warnings">): void {
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}.\n`);
}

/** For people: both, and the fees in coins. @param fees copper */
function costText(juice: Integer, fees: Integer): string {
  return `${grouped(juice)} juice, ${grouped(fees)} copper (${coinsText(fees)})`;
}

/** @throws CommandError when nobody says yes */
export async function requireConsent({ yes }: { readonly yes: boolean }): Promise<void> {
  if (yes) return;
  if (!isInteractive()) {
    throw new CommandError(EXIT.USAGE, "There is no terminal to ask on: say --yes to go ahead");
  }
  if (await askYes("Go ahead?")) return;
  throw new CommandError(EXIT.INTERRUPT, "Stopped: nothing was changed");
}

/** Where and at what cost a transaction became final. */
function receiptRows({ transaction, block, index, juice, fees, value }: Receipt): Rows {
  const cost = juice === null || fees === null ? [] : ([["cost", costText(juice, fees)]] as const);
  return [
    ["final", block === null ? "yes" : `block ${block}, transaction ${index}`],
    ["transaction", transaction],
    ...cost,
    ["value", value ?? "too long to be shown"],
  ];
}

/** Said of a dry run. */
export const NOTHING_DONE = "Nothing was done: --dry-run.\n";

/**
 * What came of it: on standard output, as JSON or in words.
 * @param facts what the command knows beside, for scripts
 * @param rows the same for people, when it is final
 */
export function printOutcome(
  outcome: Outcome,
  json: boolean,
  facts: Readonly<Record<string, unknown>>,
  rows: Rows = [],
): void {
  if (json) {
    printJsonLine({ ...facts, ...outcomeFacts(outcome) });
    return;
  }
  if (outcome.kind === "shown") process.stdout.write(NOTHING_DONE);
  if (outcome.kind === "written") process.stdout.write(howToSign(outcome.file));
  if (outcome.kind !== "final") return;
  process.stdout.write(rowsText([...receiptRows(outcome.receipt), ...rows]));
}

function outcomeFacts(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.kind === "final") return { final: true, ...outcome.receipt };
  const { kind, ...facts } = outcome;
  return { final: false, ...(kind === "shown" ? { dryRun: true } : {}), ...facts };
}

function howToSign(file: string): string {
  return [
    `The unsigned transaction is in ${file}. Where the key is:`,
    `  convex-peer transact --sign ${file} --out ${file}.signed`,
    "and, with that file, where the network is:",
    `  convex-peer transact --signed ${file}.signed`,
    "It is valid until another transaction of the account comes first.",
    "",
  ].join("\n");
}
