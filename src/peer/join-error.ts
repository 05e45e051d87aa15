// Why a network can't be joined.

/**
 * `UNREACHABLE`: no host can be used, `NAME`: none resolves; `GENESIS`: another network;
 * `ACQUISITION`.
 */
export type JoinErrorCode = "UNREACHABLE" | "NAME" | "GENESIS" | "ACQUISITION";

/** The network could not be joined. The message is for an operator. */
export class JoinError extends Error {
  readonly code: JoinErrorCode;
  constructor(code: JoinErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
