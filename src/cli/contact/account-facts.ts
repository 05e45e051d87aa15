// Accounts as the State has them, asked of a peer.

import { toHex } from "../../crypto/hex.ts";
import { readForm } from "../../cvm/compile/read-form.ts";
import type { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Integer } from "../../data/cell.ts";
import { addLongs } from "../../state/long.ts";
import { CommandError, EXIT } from "../failure.ts";
import { addressText } from "../terminal/address-text.ts";
import { awaitedRecord } from "./awaited-record.ts";
import { answeredInteger, answeredVector, type PeerClient } from "./peer-client.ts";

export interface AccountFacts {
  readonly address: Address;
  /** Public key in hex, null for an actor: nobody signs for it. */
  readonly key: string | null;
  readonly sequence: Integer;
  /** Copper. */
  readonly balance: Integer;
  /** Bytes of memory that it may use without buying any. */
  readonly allowance: Integer;
}

/** Null when there is no such account. @throws NoReplyError, CommandError */
async function findAccount(client: PeerClient, address: Address): Promise<AccountFacts | null> {
  const source =
    `(let [a (account ${addressText(address)})] ` +
    "(if a [(:key a) (:sequence a) (:balance a) (:allowance a)] nil))";
  const found = answeredVector(await client.query(readForm(source)), 4);
  if (found === null) return null;
  const amount = (i: number): Integer => answeredInteger(found.get(i));
  const key = found.get(0);
  return {
    address,
    key: key instanceof Blob ? toHex(key.toBytes()) : null,
    sequence: amount(1),
    balance: amount(2),
    allowance: amount(3),
  };
}

/** @throws CommandError when there is no such account */
export async function accountFacts(client: PeerClient, address: Address): Promise<AccountFacts> {
  const found = await awaitedRecord(() => findAccount(client, address));
  if (found !== null) return found;
  const advice = "the network that answers has no such account";
  throw new CommandError(EXIT.NOUSER, `Account ${addressText(address)} does not exist: ${advice}`);
}

/**
 * The only sequence that the account's next transaction can have: what it has used and 1 (sheet 03
 * §7.1).
 */
export function nextSequence({ sequence }: AccountFacts): Integer {
  return addLongs(sequence, 1);
}
