// What is said of a transaction that was sent, and of which nobody knows whether it becomes final:
// how to see it, and whether the command may be run again.

import { toHex } from "../../crypto/hex.ts";
import { bytesOfKey } from "../../crypto/sha3.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import type { Transaction } from "../../state/transaction.ts";
import type { PeerClient } from "../contact/peer-client.ts";
import { findPeer, isEligible } from "../contact/peer-facts.ts";
import { CommandError, EXIT } from "../failure.ts";
import { addressText } from "../terminal/address-text.ts";
import { shellWord } from "../terminal/shell-word.ts";

/** Whether the peer that was asked is known to have no vote: then its blocks count for nobody. */
export async function isObserver(client: PeerClient): Promise<boolean> {
  try {
    const { peer } = await client.status();
    const record = await findPeer(client, toHex(bytesOfKey(peer)));
    return record === null || !isEligible(record.own);
  } catch (error) {
    if (error instanceof CommandError || error instanceof NoReplyError) return false;
    throw error;
  }
}

/**
 * The failure of a command whose transaction may yet become final.
 * @param why what was heard, without a full stop
 * @param isRefusal whether the peer itself said so, which an observer says of everything
 * @param isFile whether what was sent lies in a file, and can be sent once more as it is
 */
export async function undecided(
  client: PeerClient,
  { origin, sequence }: Transaction,
  why: string,
  { isRefusal, isFile }: { readonly isRefusal: boolean; readonly isFile: boolean },
): Promise<CommandError> {
  const fail = (text: string) => new CommandError(EXIT.TEMPFAIL, `${why}. ${text}`);
  if (isRefusal && (await isObserver(client))) {
    const what = `${client.address} is an observer, which sends nobody's transactions: nothing was sent on`;
    return fail(`${what}. Run the command again with --via HOST:PORT of a peer that takes part`);
  }
  const account = shellWord(addressText(origin));
  const info = `\`convex-peer account info ${account} --via ${client.address}\``;
  const look = `Sent, but not known to be final: ${info} shows sequence ${sequence} or more once it is`;
  // The second run of a command would take the next sequence.
  const again = isFile
    ? "the same file can be sent again: it is executed once at most"
    : "until then a second run can make it happen twice; what must not is sent with `transact --signed FILE` (--offline writes one), again and again";
  return fail(`${look}; ${again}`);
}
