// Where in the explorer a text leads (sheet 05 §1.12): to an account, a peer, a block, a
// transaction or the account that a CNS name stands for.

import { toHex } from "../../crypto/hex.ts";
import { Blob } from "../../data/blob.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { resolveName } from "../did-document.ts";
import { parseAccountKey, parseAddress, parseHashKey } from "../request-fields.ts";

/** Path of what a text names, null when it names nothing that is there. */
export async function foundAt(peer: PeerApi, text: string): Promise<string | null> {
  const state = peer.state();
  const address = parseAddress(text);
  if (address !== null && state.account(address) !== null) {
    return `/explorer/accounts/${address.value}`;
  }
  const key = parseAccountKey(text);
  if (key !== null && state.peer(Blob.of(key)) !== null) return `/explorer/peers/${toHex(key)}`;
  const hash = parseHashKey(text);
  const place = hash === null ? null : peer.positionOf(hash);
  if (place !== null) {
    const block = `/explorer/blocks/${place.block}`;
    return place.index < 0 ? block : `${block}/txs/${place.index}`;
  }
  const named = await resolveName(peer, text);
  return named === null ? null : `/explorer/accounts/${named.value}`;
}
