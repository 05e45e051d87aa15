// Which Ed25519 signatures are accepted.

import { verify } from "../../src/crypto/ed25519.ts";
import { differences, type Runner } from "./check.ts";
import { bytesOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "signature" in first && "valid" in first,
  prepare: () => (row) => {
    const [key, message, signature] = ["key", "message", "signature"].map((f) => bytesOf(row, f));
    return differences(row, {
      valid: verify(key as Uint8Array, message as Uint8Array, signature as Uint8Array),
    });
  },
};
