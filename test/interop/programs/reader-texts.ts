// Texts for the reader: right ones, odd ones, and cut or stirred ones.

import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { times } from "./pieces.ts";

const ATOMS = (
  "nil true false 0 -0 +1 007 1. .5 -.5 1.0 1e5 1E-5 1.5e+3 1e 1e400 -1e400 0x 0x1 0xAbCd 0xg 1/2 1a 9223372036854775807 9223372036854775808 " +
  "-9223372036854775809 ##NaN ##Inf ##-Inf ##Foo ## #12 #-1 #012 #99999999999999999999 #0x12 #x #{} #[] #[00] #[1] #[zz] #[c0b01101] #[ 00 ] " +
  "#[8811018200] #[88110182013301613101] #[888811010000] #[d104ea0c1101ea0d1105] #[84013101001101] #[d50211011102] #[830211031102] #[da0100] #[d4018400] " +
  "\\a \\newline \\space \\tab \\return \\backspace \\formfeed \\u0041 \\u41 \\uD800 \\xyz \\ \\\\ \\( \\, \\é \\😀 :a : ::a :a/b :a:b :1 :+ :é :a.b " +
  "a a/b a/b/c /a a/ / // #8/a #8/ #8/#9 a/#8 *a* +a -a - + . .. a.b a..b -> <= a' 'a ''a a'b `a ~a ~@a @a ^a ^:a b ^{:a 1} b ^a ^b c ^ & % $ ! ? = <a> | a|b " +
  "#%count #%nope #%map #Foo #Foo{} #Result{:id 1} #Result{} #Result[] #Syntax{} #account{} #foo/bar [1] #! #_ #_a #_#_a b #; ; ;a , \u00a0 \u2028 é ünïcode 日本 😀 " +
  "1\u0663 -12\uff19 00000000000000000000\u0967 1.5\u0663 1\u{1d7d8} " +
  `#${"a".repeat(128)} #${"a".repeat(129)} ` +
  '"\\0101" "\\0000377" "\\1777" #Result{:info,#Index,{}} #Result{:info,{}} ' +
  '"" "a" "\\n\\t\\r\\b\\f\\"\\\\\\\'" "\\0" "\\101" "\\377" "\\400" "\\u00e9" "\\u{41}" "\\x41" "\\q" "a\nb" "é😀" "unclosed 1#a a#b a#'
).split(" ");
const OPENERS = ["(", "[", "{", "#{", "'", "`", "~", "~@", "^", "#_", ";", '"', "#[", "#Result "];
const CLOSERS = [")", "]", "}", "\n", '"', ""];
const GAPS = [" ", " ", " ", "", ",", "\n", "\t", " ; c\n", "#_x ", "\r", "\f", "\u00a0", "\u0000"];

function form(random: CaseRandom, depth: number): string {
  if (depth === 0 || random.oneIn(3)) return random.pick(ATOMS);
  const inner = (): string => form(random, depth - 1) + random.pick(GAPS);
  const members = times(random.below(4), inner);
  const shape = random.pick([
    "(%)",
    "[%]",
    "{%}",
    "#{%}",
    "'%",
    "`%",
    "~%",
    "~@%",
    "^%",
    "#_%",
    "#Result {%}",
    "^{%} a",
    "^[%] a",
    "^#{%} a",
    "^(%) a",
    "^#Index {0x12 %} a",
  ]);
  return shape.replace("%", () => members);
}

export function readerText(random: CaseRandom): Case {
  let source = times(1 + random.below(3), () => form(random, random.below(4)) + random.pick(GAPS));
  if (random.oneIn(3)) {
    const at = random.below(source.length + 1);
    const piece = random.pick([...OPENERS, ...CLOSERS, ...ATOMS]);
    source = source.slice(0, at) + piece + source.slice(at + random.below(3));
  }
  return { kind: "text", source: source.toWellFormed() || " " };
}
