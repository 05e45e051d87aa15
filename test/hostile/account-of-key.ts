// Accounts of a test network by the keys that control them.

import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { equals } from "../../src/data/equals.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import type { State } from "../../src/state/state.ts";

/** The first account that a key controls. @throws Error when there is none */
export function addressOf({ accounts }: State, publicKey: Uint8Array): Address {
  const key = Blob.of(publicKey);
  for (let i = 0; i < accounts.count; i++) {
    if (equals((accounts.get(i) as AccountStatus).key, key)) return Address.of(i);
  }
  throw new Error(`no account has the key ${key}`);
}
