// A transaction on its way between machines: made where the network is, signed where the key is,
// sent from where the network is. One JSON file; what it says in words is never believed, only
// shown next to what its bytes say.

import { PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "../../crypto/ed25519.ts";
import { fromHex, toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { MissingDataError } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../../data/multi-cell.ts";
import { SignedData } from "../../data/signed.ts";
import { isTransaction, type Transaction } from "../../state/transaction.ts";
import { CommandError, EXIT } from "../failure.ts";
import { readInput } from "../files/input-file.ts";
import { writeNewFile } from "../files/new-file.ts";
import { valueText } from "./result-output.ts";

const FORMAT = "convex-peer transaction";
const VERSION = 1;
const BYTES_MAX = 1 << 21;

export interface TransactionFile {
  readonly transaction: Transaction;
  /** What its maker said that it does; "" when he said nothing. */
  readonly summary: string;
  /**
   * Hash of the genesis State of its network in hex: signatures do not say for which network they
   * are.
   */
  readonly network: string;
  /** Key that must sign, in hex; null when its maker did not know. */
  readonly publicKey: string | null;
  /** 64 bytes, null before it is signed. */
  readonly signature: Uint8Array | null;
}

function textOf(file: TransactionFile): string {
  const { transaction, summary, network, publicKey, signature } = file;
  const fields = {
    format: FORMAT,
    version: VERSION,
    summary,
    network,
    publicKey,
    readable: valueText(transaction),
    transaction: toHex(encodeMultiCell(transaction)),
    ...(signature === null ? {} : { signature: toHex(signature) }),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** Makes a file that was not there. @throws CommandError */
export function writeTransactionFile(path: string, file: TransactionFile): void {
  writeNewFile(path, textOf(file));
}

/** @throws CommandError when there is no such file, or it holds something else */
export function readTransactionFile(path: string): TransactionFile {
  const text = readInput(path, "the transaction", BYTES_MAX).toString("utf8");
  const wrong = (why: string) =>
    new CommandError(EXIT.DATAERR, `${path} is no transaction as --offline writes it: ${why}`);
  const fields = parseFields(text);
  if (fields === null || fields.format !== FORMAT) throw wrong("expected its JSON");
  if (fields.version !== VERSION) throw wrong(`its version is ${fields.version}, not ${VERSION}`);
  const transaction = transactionOf(fields.transaction);
  if (transaction === null) throw wrong("'transaction' does not hold the bytes of one");
  const bytes = (name: string, length: number): Uint8Array | null => {
    const found = typeof fields[name] === "string" ? fromHex(fields[name] as string) : null;
    if (found !== null && found.length !== length) throw wrong(`'${name}' has another length`);
    return found;
  };
  const publicKey = bytes("publicKey", PUBLIC_KEY_LENGTH);
  return {
    transaction,
    summary: typeof fields.summary === "string" ? fields.summary : "",
    network: typeof fields.network === "string" ? fields.network : "",
    publicKey: publicKey === null ? null : toHex(publicKey),
    signature: bytes("signature", SIGNATURE_LENGTH),
  };
}

function parseFields(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function transactionOf(hex: unknown): Transaction | null {
  const bytes = typeof hex === "string" ? fromHex(hex) : null;
  if (bytes === null) return null;
  try {
    const value = decodeMultiCell(bytes, CVM_TABLE);
    // Printed once, so that nothing in it is missing.
    return isTransaction(value) && valueText(value) !== "" ? value : null;
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return null;
    throw error;
  }
}

/**
 * The signed transaction in a file. @throws CommandError when its signature is not one of its key
 */
export function signedOf(file: TransactionFile): SignedData {
  const { publicKey, signature, transaction } = file;
  if (signature === null || publicKey === null) {
    const fix = "`convex-peer transact --sign FILE --out SIGNED` signs it where the key is";
    throw new CommandError(EXIT.DATAERR, `The transaction is not signed: ${fix}`);
  }
  const signed = SignedData.of(fromHex(publicKey), signature, transaction);
  if (signed.isSigned()) return signed;
  const why = `the signature is not one of key ${publicKey} over this transaction`;
  throw new CommandError(EXIT.DATAERR, `The file was altered: ${why}`);
}
