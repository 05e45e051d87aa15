// Tools that need no state: encodings, hashes, signatures, keys.

import * as v from "valibot";
import { KeyPair, SEED_LENGTH, verify } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { sha3, sha256 } from "../../crypto/sha3.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { MissingDataError } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../../data/multi-cell.ts";
import { CVMString } from "../../data/string.ts";
import { PRINT_LIMIT, print } from "../../lang/printer.ts";
import { refEncoding } from "../routes/prepare.ts";
import { bytesOf, formOf, keyOf, optionalText, text } from "./arguments.ts";
import { keyPairOf } from "./code-tools.ts";
import { answer, type Tool, type ToolContext, tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

const PURE = { readOnlyHint: true, openWorldHint: false };

const string = (value: string) => CVMString.of(value);

const encode = tool({
  name: "encode",
  title: "Encode as CAD3",
  description: "The CAD3 message of a value of Convex Lisp, in hex.",
  input: v.object({ cvx: text("encode requires 'cvx' string", "A value, e.g. [1 :a]") }),
  annotations: PURE,
  call: ({ cvx }) => {
    const form = formOf(cvx, "Failed to parse value");
    return answer([
      ["hash", string(toHex(refEncoding(form)))],
      ["cad3", string(toHex(encodeMultiCell(form)))],
    ]);
  },
});

function decoded(cad3: string, { peer }: ToolContext): string {
  try {
    const value = decodeMultiCell(bytesOf(cad3, "cad3"), CVM_TABLE, peer.cells);
    const printed = print(value, PRINT_LIMIT);
    if (printed !== null) return printed;
  } catch (error) {
    if (error instanceof BadFormatError) throw new ToolError(`Not CAD3 data: ${error.message}`);
    if (error instanceof MissingDataError) throw new ToolError(error.message);
    throw error;
  }
  throw new ToolError(`The value is longer than ${PRINT_LIMIT} characters`);
}

const decode = tool({
  name: "decode",
  title: "Decode CAD3",
  description: "The value that a CAD3 message in hex stands for, printed.",
  input: v.object({ cad3: text("decode requires 'cad3' string", "A CAD3 message in hex") }),
  annotations: PURE,
  call: ({ cad3 }, context) => answer([["cvx", string(decoded(cad3, context))]]),
});

const HASHES = { sha256, sha3 } as const;

const hash = tool({
  name: "hash",
  title: "Hash",
  description: "SHA-256 or SHA3-256 of the UTF-8 bytes of a text, in hex.",
  input: v.object({
    value: text("hash requires 'value' string", "Any text"),
    algorithm: optionalText("algorithm", "sha256 (default) or sha3"),
  }),
  annotations: PURE,
  call: ({ value, algorithm }) => {
    const name = (algorithm ?? "sha256").toLowerCase();
    if (name !== "sha256" && name !== "sha3") {
      throw new ToolError(`Unsupported hash algorithm: ${name}`);
    }
    return answer([
      ["algorithm", string(name)],
      ["hash", string(toHex(HASHES[name](new TextEncoder().encode(value))))],
    ]);
  },
});

const validate = tool({
  name: "validate",
  title: "Validate a signature",
  description: "Whether an Ed25519 signature is that of a public key over some bytes.",
  input: v.object({
    publicKey: text("validate requires 'publicKey' string", "32 bytes in hex"),
    signature: text("validate requires 'signature' string", "64 bytes in hex"),
    bytes: text("validate requires 'bytes' string", "What was signed, in hex"),
  }),
  annotations: PURE,
  call: ({ publicKey, signature, bytes }) => {
    const key = keyOf(publicKey, "publicKey");
    const signed = bytesOf(signature, "signature", 64);
    return answer([["value", verify(key, bytesOf(bytes, "bytes"), signed)]]);
  },
});

const sign = tool({
  name: "sign",
  title: "Sign bytes",
  description: "Signs bytes with an Ed25519 seed; for a transaction the 'hash' of 'prepare'.",
  input: v.object({
    value: text("sign requires 'value' string", "Bytes in hex"),
    seed: text("sign requires 'seed' string", "Ed25519 seed: 32 bytes in hex. A secret"),
  }),
  annotations: PURE,
  takesSeed: true,
  call: ({ value, seed }) => {
    const keyPair = keyPairOf(seed);
    return answer([
      ["value", string(value)],
      ["signature", string(toHex(keyPair.sign(bytesOf(value, "value"))))],
      ["accountKey", string(toHex(keyPair.publicKey))],
    ]);
  },
});

const keyGen = tool({
  name: "keyGen",
  title: "Make a key pair",
  description: "The public key of an Ed25519 seed; without a seed a random one is made.",
  input: v.object({ seed: optionalText("seed", "Ed25519 seed: 32 bytes in hex. A secret") }),
  annotations: PURE,
  takesSeed: true,
  call: ({ seed }) => {
    const bytes =
      seed == null
        ? crypto.getRandomValues(new Uint8Array(SEED_LENGTH))
        : bytesOf(seed, "seed", SEED_LENGTH);
    return answer([
      ["seed", string(`0x${toHex(bytes)}`)],
      ["publicKey", string(`0x${toHex(KeyPair.fromSeed(bytes).publicKey)}`)],
    ]);
  },
});

export const DATA_TOOLS: readonly Tool[] = [encode, decode, hash, validate, sign, keyGen];
