// Signatures that go to another thread, packed into one buffer: what is posted is copied, and a
// part of a message would be copied with the whole of it.

import type { SignedBytes } from "./batch-verify.ts";
import { PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "./ed25519.ts";

/** Of each a key, a signature, the length of the message (32 bits, little-endian), the message. */
const HEAD_LENGTH = PUBLIC_KEY_LENGTH + SIGNATURE_LENGTH + 4;

/** Null when a key or signature has another length than all have. */
export function packSignatures(batch: readonly SignedBytes[]): Uint8Array<ArrayBuffer> | null {
  let length = 0;
  for (const { publicKey, signature, message } of batch) {
    if (publicKey.length !== PUBLIC_KEY_LENGTH || signature.length !== SIGNATURE_LENGTH)
      return null;
    length += HEAD_LENGTH + message.length;
  }
  const packed = new Uint8Array(length);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const { publicKey, signature, message } of batch) {
    packed.set(publicKey, at);
    packed.set(signature, at + PUBLIC_KEY_LENGTH);
    view.setUint32(at + HEAD_LENGTH - 4, message.length, true);
    packed.set(message, at + HEAD_LENGTH);
    at += HEAD_LENGTH + message.length;
  }
  return packed;
}

/** What was packed, as parts of the same buffer. */
export function unpackSignatures(packed: Uint8Array<ArrayBuffer>): SignedBytes[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const batch: SignedBytes[] = [];
  for (let at = 0; at < packed.length; ) {
    const message = at + HEAD_LENGTH;
    const end = message + view.getUint32(message - 4, true);
    batch.push({
      publicKey: packed.subarray(at, at + PUBLIC_KEY_LENGTH),
      signature: packed.subarray(at + PUBLIC_KEY_LENGTH, message - 4),
      message: packed.subarray(message, end),
    });
    at = end;
  }
  return batch;
}
