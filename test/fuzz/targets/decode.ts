// Decoding of single cells and of messages. What is taken must be canonical: it encodes to the
// bytes that came, and its hash is that of its encoding (sheet 01 §3, §13).

import fc from "fast-check";
import { sha3Key } from "../../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { MissingDataError, type Value } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { equals } from "../../../src/data/equals.ts";
import { BadFormatError, BadStructureError } from "../../../src/data/errors.ts";
import { memorySize } from "../../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { print } from "../../../src/lang/printer.ts";
import { arbitraryOp } from "../../cvm/ops/arbitrary-op.ts";
import { anyValue } from "../../lang/value-arbitrary.ts";
import { mutated, repeatedBytes, shapedBytes } from "../mutation.ts";
import type { CaseRandom } from "../random.ts";
import {
  type FuzzCase,
  READ_LIMIT_BYTES,
  READ_LIMIT_MS,
  type Target,
  timed,
  Wrong,
} from "../target.ts";
import { someBlock } from "./some-block.ts";

const PRINT_BYTES = 2_000;

/** A value as some part of the peer would send it. */
export function someValue(random: CaseRandom): Value {
  const seed = random.word() | 0;
  const sample = (arbitrary: fc.Arbitrary<Value>) =>
    fc.sample(arbitrary, { seed, numRuns: 1 })[0] as Value;
  switch (random.below(8)) {
    case 0:
      return someBlock(random);
    case 1:
    case 2:
    case 3:
      return sample(arbitraryOp);
    default:
      return sample(anyValue);
  }
}

function someBytes(random: CaseRandom, encode: (v: Value) => Uint8Array): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return shapedBytes(random);
  if (kind === 1) return repeatedBytes(random, READ_LIMIT_BYTES);
  const bytes = encode(someValue(random));
  return kind === 2 ? bytes : mutated(bytes, random);
}

/** Whether an error is an answer to bad bytes. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof BadFormatError ||
    error instanceof BadStructureError ||
    error instanceof MissingDataError
  );
}

/**
 * Reads all of a value as a peer would that works with it; structure may turn out bad on the way.
 */
function walk(value: Value): void {
  try {
    memorySize(value);
    print(value, PRINT_BYTES);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function decodingCase(bytes: Uint8Array, read: () => Value, check: (v: Value) => void): FuzzCase {
  const limitNs = READ_LIMIT_MS * 1e6;
  return {
    text: Buffer.from(bytes).toString("hex"),
    bytes: bytes.length,
    run: () => {
      const { result, ns } = timed(() => {
        try {
          const value = read();
          return { value };
        } catch (error) {
          if (isRefusal(error)) return null;
          throw error;
        }
      });
      if (result === null) return { accepted: false, ns, limitNs };
      check(result.value);
      walk(result.value);
      return { accepted: true, ns, limitNs };
    },
  };
}

function checkCell(value: Value, bytes: Uint8Array): void {
  if (!Buffer.from(encoding(value)).equals(bytes)) throw new Wrong("encodes to other bytes");
  if (hashKey(value) !== sha3Key(bytes)) throw new Wrong("the hash is not that of the encoding");
  const other = decode(bytes, CVM_TABLE);
  if (!equals(value, other)) throw new Wrong("decoded twice, it is not equal");
}

/** All of the message, or cells that its root doesn't need may be missing in the next. */
function checkMessage(value: Value): void {
  let again: Uint8Array;
  try {
    again = encodeMultiCell(value);
  } catch (error) {
    if (error instanceof MissingDataError) return;
    throw error;
  }
  const other = decodeMultiCell(again, CVM_TABLE);
  if (hashKey(other) !== hashKey(value)) throw new Wrong("sent on, the message has another hash");
}

export const decodeTarget: Target = {
  name: "decode",
  make: (random) => {
    const bytes = someBytes(random, encoding);
    const read = () => decode(bytes, CVM_TABLE);
    return decodingCase(bytes, read, (value) => checkCell(value, bytes));
  },
};

export const messageTarget: Target = {
  name: "message",
  make: (random) => {
    const bytes = someBytes(random, encodeMultiCell);
    return decodingCase(bytes, () => decodeMultiCell(bytes, CVM_TABLE), checkMessage);
  },
};
