// The reader on text: printed values and programs with damage, nesting, nonsense. What it takes
// must be a value that encodes, decodes and is equal.

import { readForms } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { UnprintableError } from "../../../src/data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { printBytes } from "../../../src/lang/printer.ts";
import { ParseError } from "../../../src/lang/reader.ts";
import { mutated } from "../mutation.ts";
import type { CaseRandom } from "../random.ts";
import { READ_LIMIT_BYTES, READ_LIMIT_MS, type Target, timed, Wrong } from "../target.ts";
import { someValue } from "./decode.ts";
import { someForm } from "./some-form.ts";

const PIECES = [
  ..."( ) [ ] { } #{ ^ ' ` ~ ~@ @ # ; #_ #| \\ \" 0x #[ #Index #Result #Signed #Syntax".split(" "),
  ..."##NaN ##In ##Inf 1e 1e400 -1e-400 1.5 .5 - + / . .. a/b #8/x #-1 @a/b :a : :: :/ nil".split(
    " ",
  ),
  ..."\\newline \\u00e9 \\ud800 \\x \\( 99999999999999999999 -0 00 0x1 0xfg".split(" "),
  "\n",
  "\u0000",
  "\u{1f600}",
  "\ud800",
];
/** Most bytes that a value is printed with. */
const PRINT_BYTES = 20_000;

function printed(random: CaseRandom): Uint8Array {
  try {
    return printBytes(someValue(random), PRINT_BYTES).bytes;
  } catch (error) {
    if (error instanceof UnprintableError) return new Uint8Array(0);
    throw error;
  }
}

function someText(random: CaseRandom): Uint8Array {
  const encoder = new TextEncoder();
  switch (random.below(6)) {
    case 0: {
      const piece = `${random.pick(PIECES)}${random.pick(["", " ", "1", "x "])}`;
      const times = Math.floor(random.length(READ_LIMIT_BYTES) / piece.length);
      return encoder.encode(piece.repeat(times)).subarray(0, READ_LIMIT_BYTES);
    }
    case 1: {
      const count = random.length(400);
      const pieces = Array.from({ length: count }, () => random.pick(PIECES));
      return encoder.encode(pieces.join(random.pick(["", " "])));
    }
    case 2:
      return mutated(encoder.encode(someForm(random)), random);
    case 3:
      return encoder.encode(someForm(random));
    default:
      return random.oneIn(3) ? printed(random) : mutated(printed(random), random);
  }
}

export const readerTarget: Target = {
  name: "reader",
  make: (random) => {
    const text = someText(random);
    const limitNs = READ_LIMIT_MS * 1e6;
    return {
      text: JSON.stringify(Buffer.from(text).toString("latin1")),
      bytes: text.length,
      run: () => {
        const { result, ns } = timed(() => {
          try {
            return readForms(text);
          } catch (error) {
            if (error instanceof ParseError) return null;
            throw error;
          }
        });
        if (result === null) return { accepted: false, ns, limitNs };
        const forms = Vector.from(result);
        const again = decodeMultiCell(encodeMultiCell(forms), CVM_TABLE);
        if (hashKey(again) !== hashKey(forms)) throw new Wrong("sent on, it has another hash");
        return { accepted: true, ns, limitNs };
      },
    };
  },
};
