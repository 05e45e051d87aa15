// Forms that change a peer's record. `set-peer-data` goes by the key of the account that calls it
// (sheet 03 §4.3), so a controller with a key of its own takes the peer's for the length of the
// transaction, and has its own again when the transaction ends, whether it succeeds or not.

import { fromHex } from "../../crypto/hex.ts";
import { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { List } from "../../data/list.ts";
import type { CVMMap } from "../../data/map.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { setUrlForm } from "../../peer/operator/url-publisher.ts";
import { stakeForm } from "./stake-intent.ts";

const symbol = (name: string) => CVMSymbol.of(name);

/**
 * Sets the `:url` of a peer.
 * @param controllerKey key of the controller's account in hex
 */
export function urlForm(
  metadata: CVMMap,
  peer: string,
  url: string,
  controllerKey: string | null,
): Value {
  const peerKey = fromHex(peer) as Uint8Array;
  const form = setUrlForm(metadata, peerKey, url);
  if (controllerKey === peer) return form;
  const own = symbol("own");
  return List.from([
    symbol("let"),
    Vector.of(own, symbol("*key*")),
    List.from([symbol("set-key"), Blob.of(peerKey)]),
    form,
    List.from([symbol("set-key"), own]),
  ]);
}

/** Makes a peer's record, and publishes its address at once when there is one. */
export function creationForm(peer: string, stake: Integer, urlPart: Value | null): Value {
  const create = stakeForm("create-peer", peer, stake);
  return urlPart === null ? create : List.from([symbol("do"), create, urlPart]);
}
