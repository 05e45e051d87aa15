// Signed data (sheet 01 §9). What is signed are the bytes of the value in child position: its
// encoding when that is short, else `20` and its hash. Decoding does not verify.

import {
  type KeyPair,
  PUBLIC_KEY_LENGTH,
  SIGNATURE_LENGTH,
  verifyExactly,
  verifyStrictly,
} from "../crypto/ed25519.ts";
import { keyOf } from "../crypto/sha3.ts";
import { Blob } from "./blob.ts";
import { Cell, MAX_EMBEDDED_LENGTH, resolveSlot, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { Keyword } from "./keyword.ts";
import { TAG } from "./tag.ts";
import { Writer } from "./writer.ts";

const FIELD_NAMES = [Keyword.of("public-key"), Keyword.of("signature"), Keyword.of("value")];

export class SignedData extends Cell {
  /** 32 bytes; null in the keyless form, which is read but never written. */
  readonly publicKey: Uint8Array | null;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  #slot: Slot;
  /** The public key and the signature as strings, null until they are asked for. */
  #signer: string | null = null;
  #name: string | null = null;
  /** Whether the signature is right; null until that was found out. */
  #verified: boolean | null = null;
  /** Whether the native check has refused it, so that only the exact one could accept it. */
  #isStrictlyRefused = false;

  private constructor(publicKey: Uint8Array | null, signature: Uint8Array, value: Slot) {
    super();
    this.publicKey = publicKey;
    this.signature = signature;
    this.#slot = value;
  }

  /** The arrays belong to the cell from now on. */
  static of(publicKey: Uint8Array | null, signature: Uint8Array, value: Slot): SignedData {
    return new SignedData(publicKey, signature, value);
  }

  static sign(keyPair: KeyPair, value: Value): SignedData {
    const signed = new SignedData(keyPair.publicKey, keyPair.sign(refBytes(value)), value);
    signed.#verified = true;
    return signed;
  }

  get value(): Value {
    return resolveSlot(this, 0);
  }

  /** The public key as 32 characters (crypto/sha3.ts), "" without one. */
  get signer(): string {
    this.#signer ??= this.publicKey === null ? "" : keyOf(this.publicKey);
    return this.#signer;
  }

  /**
   * The signature as 64 characters. Among rightly signed data it identifies one without hashing it;
   * on anything else the signature would be wrong.
   */
  get name(): string {
    this.#name ??= keyOf(this.signature);
    return this.#name;
  }

  /** The bytes that are signed: the end of the encoding, and a view of it if there is one. */
  signedBytes(): Uint8Array {
    const { encodingCache } = this;
    if (encodingCache === null) return refBytes(this.#slot);
    return encodingCache.subarray(this.#headLength);
  }

  /** Length of what the encoding has before the value. */
  get #headLength(): number {
    const keyLength = this.publicKey === null ? 0 : PUBLIC_KEY_LENGTH;
    return 1 + keyLength + SIGNATURE_LENGTH;
  }

  /** Whether the signature is that of the public key; verified once. False without a key. */
  isSigned(): boolean {
    if (this.isStrictlySigned()) return true;
    if (this.#verified === null) {
      this.#verified =
        this.publicKey !== null &&
        verifyExactly(this.publicKey, this.signedBytes(), this.signature);
    }
    return this.#verified;
  }

  /**
   * `isSigned` by the native check alone. Also false for a signature that only the exact check, ten
   * times as slow, would accept, unless `isSigned` found it right before. For what a peer is free
   * to refuse.
   */
  isStrictlySigned(): boolean {
    if (this.#verified !== null) return this.#verified;
    if (this.#isStrictlyRefused) return false;
    const isAccepted =
      this.publicKey !== null && verifyStrictly(this.publicKey, this.signedBytes(), this.signature);
    if (isAccepted) this.#verified = true;
    else this.#isStrictlyRefused = true;
    return isAccepted;
  }

  /** Takes over the verdict on these bytes from elsewhere (a Worker, a batch). */
  setVerified(verified: boolean): void {
    this.#verified = verified;
  }

  /** Takes over from elsewhere that the native check has refused the signature. */
  setStrictlyRefused(): void {
    this.#isStrictlyRefused = true;
  }

  /** Whether neither check has been made yet. */
  get isUnchecked(): boolean {
    return this.#verified === null && !this.#isStrictlyRefused;
  }

  /** Whether the signature is right; null as long as that was not found out. */
  get verified(): boolean | null {
    return this.#verified;
  }

  get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }

  namedField(i: number): Value {
    return this.field(i);
  }

  field(i: number): Value {
    if (i === 0) return this.publicKey === null ? null : Blob.of(this.publicKey);
    return i === 1 ? Blob.of(this.signature) : this.value;
  }

  override get tag(): number {
    return this.publicKey === null ? TAG.SIGNED_KEYLESS : TAG.SIGNED;
  }
  override get slotCount(): number {
    return 1;
  }
  override slotAt(): Slot {
    return this.#slot;
  }
  override fillSlot(_index: number, value: Value): void {
    this.#slot = value;
  }

  override measure(): number {
    return this.#headLength + slotLength(this.#slot);
  }

  override writeTo(w: Writer): void {
    w.byte(this.tag);
    if (this.publicKey !== null) w.write(this.publicKey);
    w.write(this.signature);
    writeSlot(w, this.#slot);
  }
}

/** The bytes of a value in child position (sheet 01 §9). */
function refBytes(slot: Slot): Uint8Array {
  const w = new Writer(MAX_EMBEDDED_LENGTH);
  writeSlot(w, slot);
  return w.take(0);
}
