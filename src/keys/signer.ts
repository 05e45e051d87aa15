// Signing as the peer asks for it, so that the key may live elsewhere: behind a socket, in another
// process or machine. Designed here, not built: today's only signer is a `KeyPair` in this process.

/**
 * What is to be signed. The message is the bytes the signature covers; the rest lets a signer that
 * keeps its own high-water mark refuse what would contradict an earlier signature, without decoding
 * cells.
 */
export type SigningRequest =
  | { readonly purpose: "block"; readonly message: Uint8Array; readonly timestamp: number }
  | {
      readonly purpose: "order";
      readonly message: Uint8Array;
      readonly timestamp: number;
      /** Blocks in the Order, and how many of them are at proposal, consensus and finality. */
      readonly blockCount: number;
      readonly consensusPoints: readonly number[];
    }
  | { readonly purpose: "transaction" | "challenge"; readonly message: Uint8Array };

export type SigningPurpose = SigningRequest["purpose"];

/** A key that signs; the seed stays with it. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The 64-byte signature. @throws SigningRefusedError */
  sign(request: SigningRequest): Promise<Uint8Array>;
}

/**
 * A signer behind a Unix socket or TLS connection. Each request is one frame: a 4-byte length, most
 * significant byte first, then JSON `{id, purpose, message, …}` with bytes as hex; the answer
 * likewise, `{id, signature}` or `{id, refused}` with a reason. The signer speaks first: `{version:
 * 1, publicKey}`.
 */
export interface RemoteSigner extends Signer {
  /** Unix socket path, or `tls://HOST:PORT`. */
  readonly address: string;
  /** Longest wait for an answer, in ms: then the request counts as refused, and may be repeated. */
  readonly timeoutMs: number;
  /** Ends the connection; requests under way are refused. */
  close(): Promise<void>;
}

/**
 * The signer would not: the signature may contradict an earlier one, or it could not be reached.
 */
export class SigningRefusedError extends Error {
  readonly purpose: SigningPurpose;
  constructor(purpose: SigningPurpose, reason: string) {
    super(`No signature for the ${purpose}: ${reason}`);
    this.purpose = purpose;
  }
}
