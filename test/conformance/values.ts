// Values in complete messages: bytes, hash, printed text and sizes.

import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { encoding, isEmbedded } from "../../src/data/encode.ts";
import { memorySize, storageSize } from "../../src/data/memory-size.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { print } from "../../src/lang/printer.ts";
import { forgetCaches, hashHex, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { differences, type Runner } from "./check.ts";
import { bytesOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "message" in first && "memorySize" in first,
  prepare: () => (row) => {
    const value = decodeMultiCell(bytesOf(row, "message"), CVM_TABLE, null);
    const received = differences(row, { hash: hashHex(value) });
    if (received.length > 0) return received;
    forgetCaches(value);
    return differences(row, {
      encoding: toHex(encoding(value)),
      hash: hashHex(value),
      print: print(value, VECTOR_PRINT_LIMIT),
      memorySize: memorySize(value),
      storageSize: storageSize(value),
      embedded: isEmbedded(value),
    });
  },
};
