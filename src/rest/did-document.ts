// DID documents of accounts (sheet 05 §1.11): did:web names for Addresses and CNS names. The
// multibase key lacks the multicodec prefix, as the reference's does; `did:key` has it.

import { base58 } from "@scure/base";
import { Address } from "../data/address.ts";
import type { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { ParseError } from "../lang/reader.ts";
import type { PeerApi } from "../peer/peer-api.ts";
import { parseAddress } from "./request-fields.ts";
import { readRequestForm } from "./request-form.ts";

/** Multicodec prefix of Ed25519 public keys. */
const ED25519_PREFIX = [0xed, 0x01];

/** The form that a CNS name resolves by; null for what is no name. */
function nameForm(name: string): Value {
  try {
    return readRequestForm(`@${name}`);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** The Address that a CNS name stands for, null when it stands for none. */
export async function resolveName(peer: PeerApi, name: string): Promise<Address | null> {
  const form = nameForm(name);
  if (form === null) return null;
  const { result, error } = await peer.query(form, null);
  return error === null && result instanceof Address ? result : null;
}

/** The Address of an id: an Address as text, or a CNS name, with `@` before it or without. */
export async function subjectOf(peer: PeerApi, id: string): Promise<Address | null> {
  return parseAddress(id) ?? (await resolveName(peer, id.replace(/^@/, "")));
}

/** The document of an account under the name it was asked for by. */
export function didDocument(did: string, address: Address, key: Blob | null): object {
  const names = [`did:convex:${address.value}`];
  const context = "https://www.w3.org/ns/did/v1";
  if (key === null) return { "@context": context, id: did, controller: did, alsoKnownAs: names };
  const bytes = key.toBytes();
  names.push(`did:key:z${base58.encode(Uint8Array.of(...ED25519_PREFIX, ...bytes))}`);
  const method = {
    id: `${did}#key-1`,
    type: "Ed25519VerificationMethod2020",
    controller: did,
    publicKeyMultibase: `z${base58.encode(bytes)}`,
  };
  return {
    "@context": context,
    id: did,
    controller: did,
    verificationMethod: [method],
    authentication: [method.id],
    alsoKnownAs: names,
  };
}
