// `LEVEL` for all components, `COMPONENT=LEVEL[,…]` for some: at the start by --log-level, and
// while the peer runs by its operator.

import type { OperatorReply } from "../../peer/operator/operator-commands.ts";
import { COMPONENTS, type Component, LEVELS, type Level, type Log } from "./log.ts";

export type LevelChanges = readonly (readonly [Component, Level])[];

const isLevel = (text: string): text is Level => (LEVELS as readonly string[]).includes(text);
const isComponent = (text: string): text is Component =>
  (COMPONENTS as readonly string[]).includes(text);

/** @throws Error that says what was expected and found */
export function parseLevels(text: string): LevelChanges {
  return text.split(",").flatMap((part): LevelChanges => {
    const [name = "", level] = part.trim().split("=");
    if (level === undefined && isLevel(name)) return COMPONENTS.map((one) => [one, name] as const);
    if (level !== undefined && isComponent(name) && isLevel(level)) return [[name, level]];
    const expected = `expected ${LEVELS.join("|")} or COMPONENT=LEVEL of ${COMPONENTS.join(", ")}`;
    throw new Error(`${expected}; found '${part.trim()}'`);
  });
}

/** Levels of the log as an operator's command: `log-level` with what is to change, or without. */
export class LogCommands {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Null for other commands. */
  handle(request: unknown): OperatorReply | null {
    if (typeof request !== "object" || request === null) return null;
    const { command, target } = request as { command?: unknown; target?: unknown };
    if (command !== "log-level") return null;
    if (typeof target === "string") {
      try {
        for (const [component, level] of parseLevels(target)) this.#log.setLevel(component, level);
      } catch (error) {
        return { ok: false, error: error instanceof Error ? error.message : String(error) };
      }
    }
    return { ok: true, result: this.#log.levels };
  }
}
