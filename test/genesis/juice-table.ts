// What calls of the libraries cost on our genesis State, compared with the reference's.

/** What a call may cost, compared with the reference. */
const JUICE_FACTOR = 1.1;
const SOURCE_SHOWN = 70;
/** `(lookup alias name)`, `alias/name`, or `(call target (name`. */
const FUNCTION =
  /\(lookup [^\s()]+ ([^\s()]+)\)|[\w.*@-]+\/([^\s()]+)|\(call (?:\[[^\]]*\]|[^\s[\]]+)(?: \d+)? \(([^\s()]+)/;

interface Call {
  readonly file: string;
  readonly name: string;
  readonly source: string;
  readonly ours: number;
  readonly reference: number;
}

function ratioOf({ ours, reference }: Call): number {
  return ours / reference;
}

export class JuiceTable {
  readonly #calls: Call[] = [];

  /** Adds a call that did the same on both States. */
  add(file: string, source: string, ours: number, reference: number): void {
    const match = FUNCTION.exec(source);
    const name = match?.[1] ?? match?.[2] ?? match?.[3] ?? "-";
    this.#calls.push({ file, name, source, ours, reference });
  }

  /** Calls that cost more than they may. */
  get dear(): readonly string[] {
    return this.#calls.filter((call) => ratioOf(call) > JUICE_FACTOR).map(line);
  }

  /** A line for the dearest call of each function in each file, the dearest first. */
  print(): string {
    const dearest = new Map<string, Call>();
    for (const call of this.#calls) {
      const key = `${call.file} ${call.name}`;
      const other = dearest.get(key);
      if (other === undefined || ratioOf(other) < ratioOf(call)) dearest.set(key, call);
    }
    const rows = [...dearest.values()].sort((a, b) => ratioOf(b) - ratioOf(a));
    return ["ratio     ours reference  function", ...rows.map(line)].join("\n");
  }

  summary(): string {
    const ratios = this.#calls.map(ratioOf).sort((a, b) => a - b);
    const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
    const largest = ratios[ratios.length - 1] ?? 0;
    const dear = this.dear.map((text) => `\n  TOO DEAR ${text}`).join("");
    return (
      `juice: ${ratios.length} calls, at most ${largest.toFixed(3)} times the reference's, ` +
      `half of them at most ${median.toFixed(3)}${dear}`
    );
  }
}

function line(call: Call): string {
  const numbers = `${String(call.ours).padStart(8)} ${String(call.reference).padStart(9)}`;
  const source = call.source.slice(0, SOURCE_SHOWN);
  return `${ratioOf(call).toFixed(3)} ${numbers}  ${call.file} ${call.name}: ${source}`;
}
