// T6: ops that no compiler makes, and that may stand anywhere in a command. Which of them throw,
// which are ordinary errors, which behave as constants; with closures and by definition.

import { describe, expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import type { Value } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { context, decodeHex, outcomeText } from "../small-state.ts";

/** Encoding of Constant 1. */
const ONE = "c0b01101";
const NIL = "00";

function execute(hex: string, runsDefinitions: boolean): string {
  const ctx = context({ runsDefinitions });
  return outcomeText(ctx, ctx.run(decodeHex(hex)));
}

/** Invoke of a Constant function given in hex. */
function callOf(fn: string, ...args: string[]): string {
  const count = (args.length + 1).toString(16).padStart(2, "0");
  return `db${count}c0b0${fn}${args.join("")}`;
}

for (const runsDefinitions of [false, true]) {
  describe(`T6: ops that no compiler makes, ${runsDefinitions ? "by definition" : "as closures"}`, () => {
    const constants: readonly (readonly [what: string, hex: string, result: string])[] = [
      ["Do of values", "da021101330161", ":a"],
      ["Do of nil", `da01${NIL}`, "nil"],
      ["empty Do", "da00", "nil"],
      ["Invoke of nothing", "db00", "()"],
      ["Invoke of a bare core function", "db02ed81041101", "2"],
      ["Cond of values", "dc03b011011102", "2"],
      ["Cond of nil", `dc03${NIL}11011102`, "2"],
      ["Query of values", "c0bb80011101", "1"],
      ["Set of a value", "c280013201788002c0b01101c0101105", "5"],
      ["Try of no branches", "c0ba8000", "nil"],
      ["Query of no ops", "c0bb8000", "nil"],
      ["Let without bindings", "c280008000", "nil"],
      ["Def of a value keeps what there is", "cd3201611107", "nil"],
      ["Def of the key nil", `cd00${ONE}`, "1"],
      ["Def of Syntax of nil", `cd880000${ONE}`, "1"],
      ["Def of the key nil with metadata", `cd880082013301611101${ONE}`, "1"],
      [
        "Lookup of a Local that is an Address",
        "c280013201788002c0b0ea08c1e6003205636f756e74",
        "count",
      ],
      ["Fn whose environment is no Vector", callOf(`df04b080001107${ONE}`), "1"],
    ];
    for (const [what, hex, result] of constants) {
      test(`${what} is no error`, () => expect(execute(hex, runsDefinitions)).toBe(result));
    }

    // What comes of them was seen on the reference.
    const closures: readonly (readonly [what: string, op: string, closure: string])[] = [
      [
        "a value as environment stays without locals",
        "c0bfdf04b080001107c0b01101",
        "df04b080001107c0b01101",
      ],
      ["so does an empty Vector", "c0bfdf04b080008000c0b01101", "df04b080008000c0b01101"],
      ["other locals give way to none", "c0bfdf04b0800080011101c0b01101", "df04b080008000c0b01101"],
      [
        "locals take the place of a value",
        "c280013201788002c0b01102c0bfdf04b080001107c0b01101",
        "df04b0800080011102c0b01101",
      ],
      [
        "a member that is no closure becomes nil",
        "c0bfdf02df04b0800000c0b011011105",
        "df02df04b0800000c0b0110100",
      ],
      [
        "a member of several arities gets its locals as well",
        "c280013201788002c0b01102c0bfdf01df01df04b0800000e600",
        "df01df01df04b0800080011102e600",
      ],
    ];
    for (const [what, op, closure] of closures) {
      test(`Lambda: ${what}`, () => {
        const ctx = context({ runsDefinitions });
        expect(toHex(encoding(ctx.run(decodeHex(op)) as Value))).toBe(closure);
      });
    }

    test("a member that is a function of several arities is called by them, and printed", () => {
      const inner = "df01df04b0800132017800e600";
      expect(execute(callOf(`df01${inner}`, "c0b01105"), runsDefinitions)).toBe("5");
      expect(execute(callOf(`df02${inner}df04b0800000c0b01109`), runsDefinitions)).toBe("9");
      expect(execute(`c0b0df02df04b0800000c0b01101${inner}`, runsDefinitions)).toBe(
        "(fn ([] 1) (([x] %0)))",
      );
      const broken = "df02df04b0800132017800c0b01101df04b0110700e600";
      expect(execute(callOf(`df01${broken}`, "c0b01105"), runsDefinitions)).toBe("1");
      expect(() => execute(callOf(`df01${broken}`), runsDefinitions)).toThrow(HostError);
    });

    const throwing: readonly (readonly [what: string, hex: string])[] = [
      ["Let without a list of bindings", `c2008001${ONE}`],
      ["Let with fewer ops than bindings", "c280013201788000"],
      ["Let whose binding is no op", "c2800132017880011101"],
      ["Let whose body is no op", "c2800080011101"],
      ["Let whose body is nil", "c28000800100"],
      ["Let without ops", "c2800000"],
      ["Loop without ops", "c3800000"],
      ["Loop with a value as body", "c3800080011101"],
      ["Loop without a list of bindings", `c311018001${ONE}`],
      ["Try without ops", "c0ba00"],
      ["Try of a value", "c0ba80011101"],
      ["Try of nil", "c0ba800100"],
      ["Query without ops", "c0bb00"],
      ["Query of a map", "c0bb8200"],
      ["Lambda of nil", "c0bf00"],
      ["Lambda of a value", "c0bf1101"],
      ["Lambda of a core function", "c0bfed8104"],
      ["Lookup at a value", "c11101320161"],
      ["Lookup of a Keyword", "c100330161"],
      ["Def of a Keyword", `cd330161${ONE}`],
      ["Def of Syntax of a value", `cd88110100${ONE}`],
      ["Fn without body", callOf("df04b080000000")],
      ["Fn whose body is a value", callOf("df04b08000001107")],
    ];
    for (const [what, hex] of throwing) {
      test(`${what} throws`, () => expect(() => execute(hex, runsDefinitions)).toThrow(HostError));
      test(`${what} does nothing when it is not executed`, () => {
        expect(execute(`dc03b0${hex}1107`, runsDefinitions)).toBe("7");
      });
    }

    const failing: readonly (readonly [what: string, hex: string, result: string])[] = [
      ["a Keyword as binding form", "c280013301618001c0b01101", "error :COMPILE"],
      [
        "a second & in a pattern",
        "c2800180043201263201613201263201628002c0b0800211011102c0b01105",
        "error :COMPILE",
      ],
      ["nil as parameters", callOf(`df04b00000${ONE}`), "error :COMPILE"],
      ["a Local that is not there", "e603", "error :BOUNDS"],
      ["a Local beyond all arrays", "e6ffffffffffffffff7f", "error :BOUNDS"],
      ["Set of a local that is not there", `c010${ONE}`, "error :BOUNDS"],
      ["Set at a negative position", `c011ff${ONE}`, "error :BOUNDS"],
      ["members of a MultiFn that are no Fn", callOf("df02001101"), "error :ARITY"],
      ["a Lookup at what is no Address", "c1c0b01101320161", "error :CAST"],
      ["a call of a value", `db02${ONE}${ONE}`, "error :CAST"],
      [
        "Fn whose parameters are a Symbol",
        callOf("df04b032017800e600", "c0b01107"),
        "error :COMPILE",
      ],
      [
        "Fn whose parameters are a Symbol and whose body is no op",
        callOf("df04b0320178008000"),
        "error :COMPILE",
      ],
    ];
    for (const [what, hex, result] of failing) {
      test(`${what}: ${result}`, () => expect(execute(hex, runsDefinitions)).toBe(result));
    }

    test("the error of a missing local still costs", () => {
      const ctx = context({ runsDefinitions });
      ctx.run(decodeHex("e603"));
      expect(ctx.juice).toBe(15);
    });

    test("only the branch of Try that is attempted has to be an op", () => {
      expect(execute(`c0ba8002${ONE}1101`, runsDefinitions)).toBe("1");
      expect(() => execute("c0ba8002db02c0b0ed8153c0b03301581101", runsDefinitions)).toThrow(
        HostError,
      );
    });
  });
}
