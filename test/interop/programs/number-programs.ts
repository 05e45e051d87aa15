// Numbers of all sizes through arithmetic, casts, comparison and text, several steps deep.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { oneOf, type Piece, times } from "./pieces.ts";

function bigInteger(random: CaseRandom): string {
  const bits = random.pick([8, 31, 32, 33, 53, 62, 63, 64, 65, 127, 128, 200, 1000]);
  const near = 2n ** BigInt(bits) + BigInt(random.below(5) - 2);
  return String(random.oneIn(2) ? near : -near);
}

const bytes = new DataView(new ArrayBuffer(8));

function double(random: CaseRandom): string {
  bytes.setUint32(0, random.word());
  bytes.setUint32(4, random.word());
  const x = bytes.getFloat64(0);
  if (Number.isNaN(x)) return "##NaN";
  if (!Number.isFinite(x)) return x > 0 ? "##Inf" : "##-Inf";
  return String(x).replace("e+", "e");
}

const DOUBLES = (
  "0.0 -0.0 1.0 -1.5 0.5 2.5 -2.5 0.1 1e15 1e16 1e21 1e22 1e-3 1e-4 1e-7 123456.789 9007199254740993.0 " +
  "9.223372036854775807E18 9.3e18 -9.3e18 1.7976931348623157E308 4.9E-324 2.2250738585072014E-308 ##NaN ##Inf ##-Inf 1E400 -1e400"
).split(" ");

const NUMBERS: readonly Piece[] = [
  bigInteger,
  (r) => bigInteger(r),
  double,
  (r) => r.pick(DOUBLES),
  (r) => String(r.below(200) - 100),
  (r) =>
    r.pick([
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775808",
      "-9223372036854775809",
      "0",
      "-1",
      "1",
    ]),
  (r) =>
    `(int 0x${times(1 + r.below(12), () => r.pick(["00", "80", "ff", "7f", "01", "c3"])).replaceAll(" ", "")})`,
  (r) =>
    `"${r.pick(["12", "-7", "+3", " 4", "1.5", "1e3", "0x10", "", "-", "abc", "99999999999999999999", "1_000", "00012", "-0", "NaN"])}"`,
  (r) =>
    r.pick([
      "true",
      "false",
      "nil",
      "\\a",
      "\\u0000",
      "#12",
      ":k",
      "0x",
      "0x80",
      "[]",
      "(hash 0x)",
      "(loop [i 0 x 7] (if (< i 13) (recur (inc i) (* x x)) x))",
    ]),
];

const UNARY = (
  "inc dec abs signum floor ceil sqrt exp - + * / int long double byte char boolean str print bit-not zero? nan? number? int? " +
  "double? hash encoding type count max min < == address name not blob keyword symbol"
).split(" ");
const BINARY = (
  "+ - * / quot rem mod div < <= > >= == = != max min bit-and bit-or bit-xor pow compare shift-left shift-right str " +
  "nth slice get conj list assoc"
).split(" ");

function number(random: CaseRandom, depth: number): string {
  if (depth === 0 || random.oneIn(3)) return oneOf(random, NUMBERS);
  const arg = (): string => number(random, depth - 1);
  if (random.oneIn(8)) return `(try ${arg()} ${arg()})`;
  if (random.oneIn(2)) return `(${random.pick(UNARY)} ${arg()})`;
  if (random.oneIn(6)) return `(${random.pick(BINARY)} ${arg()} ${arg()} ${arg()})`;
  return `(${random.pick(BINARY)} ${arg()} ${arg()})`;
}

export function numberProgram(random: CaseRandom): Case {
  return expression(number(random, 1 + random.below(4)));
}
