// This peer's address in the State (sheet 04 §7, own maintenance): where it is not the one that the
// operator gave, the controller publishes it. When the controller's key is not at hand, which is
// the safer way, the operator is told what has to be sent.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { addLongs } from "../../state/long.ts";
import type { State } from "../../state/state.ts";
import { Invoke } from "../../state/transaction.ts";
import type { Clock } from "../clock.ts";
import { publishedUrl } from "../connections/peer-address.ts";
import { OWN_BLOCK_DELAY } from "../network-bounds.ts";
import type { Peer } from "../peer.ts";
import { aside } from "../store-guard.ts";

const URL = Keyword.of("url");

/**
 * The form by which the controller of a peer sets its `:url`.
 * @param metadata of the peer so far, which otherwise stays as it is
 */
export function setUrlForm(metadata: CVMMap, publicKey: Uint8Array, url: string): Value {
  const changed = metadata.assoc(URL, CVMString.of(url));
  const quoted = List.from([CVMSymbol.of("quote"), changed]);
  return List.from([CVMSymbol.of("set-peer-data"), Blob.of(publicKey), quoted]);
}

/**
 * `UNKNOWN`: no peer record; `PUBLISHED`; `OURS`: the key at hand may publish; `FOREIGN`: it may
 * not.
 */
export type UrlStanding = "UNKNOWN" | "PUBLISHED" | "OURS" | "FOREIGN";

/** How the address of a peer stands, as seen by who holds a key. */
export function urlStanding(
  state: State,
  publicKey: Uint8Array,
  url: string,
  holder: Uint8Array,
): UrlStanding {
  const record = state.peer(Blob.of(publicKey));
  if (record === null || !(record.controller instanceof Address)) return "UNKNOWN";
  if (publishedUrl(record) === url) return "PUBLISHED";
  const accountKey = state.account(record.controller)?.key ?? null;
  // `set-peer-data` goes by the key of the account that calls it (sheet 03 §4.3).
  const isOurs = accountKey !== null && keyOf(accountKey.toBytes()) === keyOf(holder);
  return isOurs && keyOf(publicKey) === keyOf(holder) ? "OURS" : "FOREIGN";
}

export interface UrlPublisherOptions {
  readonly peer: Peer;
  readonly keyPair: KeyPair;
  readonly url: string;
  readonly clock: Clock;
  /** Hears what the operator should know. */
  readonly onNotice: (notice: string) => void;
}

export class UrlPublisher {
  readonly #options: UrlPublisherOptions;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #saidStanding: UrlStanding | null = null;

  constructor(options: UrlPublisherOptions) {
    this.#options = options;
  }

  /** Publishes the address if it is due; called every now and then. */
  tick(): void {
    const { peer, keyPair, url, clock } = this.#options;
    if (peer.obstacle() !== null || clock.now() - this.#triedAtMs < OWN_BLOCK_DELAY) return;
    const state = peer.state();
    const standing = urlStanding(state, peer.publicKey, url, keyPair.publicKey);
    if (standing === "OURS") {
      this.#triedAtMs = clock.now();
      aside(clock, this.#publish(state));
    } else if (standing === "FOREIGN" && this.#saidStanding !== standing) {
      const advice = `have the controller run \`convex-peer peer set-url ${url}\``;
      this.#options.onNotice(`other peers can't find this one at ${url} yet: ${advice}`);
    }
    this.#saidStanding = standing;
  }

  async #publish(state: State): Promise<void> {
    const { peer, keyPair, url, onNotice } = this.#options;
    const record = state.peer(Blob.of(peer.publicKey));
    const controller = record?.controller as Address;
    const sequence = addLongs(state.account(controller)?.sequence ?? 0, 1);
    const form = setUrlForm(record?.metadata ?? CVMMap.EMPTY, peer.publicKey, url);
    const invoke = Invoke.of(controller, sequence, form);
    const result = await peer.submit(SignedData.sign(keyPair, invoke));
    if (result.isError) onNotice(`the address ${url} could not be published: ${result.result}`);
  }
}
