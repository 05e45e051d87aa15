// What the command line of interop says.

import { type Arguments, existing, oneOf, UsageError, wholeNumber } from "../../release/tool.ts";
import { KINDS } from "./programs/kinds.ts";
import { CLASS_PATH } from "./reference.ts";

const PORT_MAX = 65_535;
export const TOOL = {
  command: "bun run interop",
  usage: `mixed|partition|history|programs [FLAGS]

  mixed        --reference N  peers of the reference (3)
               --ours N       peers of ours (1)
               --seconds N    how long they are under load (60)
               --window N     transactions under way at a time (20)
               --kills N      peers killed and started again (1)
               --port N       the first of their ports (18700)
  partition    --with-reference  a peer of the reference on each side
  history      --blocks N     blocks that a late peer of the reference reads from ours (10000)
               --kills N      as above (5)
               --port N       as above (18500)
  programs     --kind A,B     of these kinds; of each when it is left out:
                              ${Object.keys(KINDS).join(", ")}
               --seed N       what the programs come from (1)
               --count N      of each kind (1000)
  all but the last: --binary FILE  the executable to start our peers from; the sources when it is
               left out

${CLASS_PATH} names the classes of the reference.`,
  flags: {
    binary: "text",
    reference: "text",
    ours: "text",
    seconds: "text",
    window: "text",
    kills: "text",
    port: "text",
    "with-reference": "switch",
    blocks: "text",
    kind: "text",
    seed: "text",
    count: "text",
  },
  places: ["mixed|partition|history|programs"],
} as const;
type Flag = keyof typeof TOOL.flags;

/** The flags of each work, the defaults of its numbers. */
const WORKS: Readonly<Record<string, Partial<Record<Flag, number | null>>>> = {
  mixed: {
    ...{ reference: 3, ours: 1, seconds: 60, window: 20, kills: 1, port: 18_700 },
    binary: null,
  },
  partition: { "with-reference": null, binary: null },
  history: { blocks: 10_000, kills: 5, port: 18_500, binary: null },
  programs: { kind: null, seed: 1, count: 1_000 },
};

export interface Wanted {
  readonly work: string;
  readonly binary: string | null;
  readonly kinds: readonly string[];
  readonly hasReference: boolean;
  /** Numbers by name of their flag. */
  readonly of: (flag: Flag) => number;
}

/** @throws UsageError */
export function wantedBy({ values, positionals: [work] }: Arguments<typeof TOOL.flags>): Wanted {
  const works = Object.keys(WORKS);
  if (work === undefined) throw new UsageError(`what to do is needed, one of ${works.join(", ")}`);
  oneOf(work, "what to do", works);
  const own = WORKS[work] as Partial<Record<Flag, number | null>>;
  const numbers = new Map<Flag, number>();
  for (const [flag, value] of Object.entries(values) as [Flag, string | boolean | undefined][]) {
    if (value !== undefined && value !== false && !(flag in own)) {
      const flags = Object.keys(own).map((name) => `--${name}`);
      throw new UsageError(`--${flag} is not for ${work}: expected one of ${flags.join(", ")}`);
    }
    const fallback = own[flag] ?? null;
    if (fallback === null) continue;
    const [low, high] = flag === "port" ? [1, PORT_MAX] : [0];
    numbers.set(flag, wholeNumber(`${value ?? fallback}`, `--${flag}`, low, high));
  }
  const kinds = values.kind === undefined ? Object.keys(KINDS) : values.kind.split(",");
  return {
    work,
    binary: existing(values.binary, "--binary") ?? null,
    kinds: kinds.map((kind) => oneOf(kind, "--kind", Object.keys(KINDS))),
    hasReference: values["with-reference"],
    of: (flag) => numbers.get(flag) as number,
  };
}
