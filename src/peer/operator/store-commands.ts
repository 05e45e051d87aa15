// The steps of a collection that the running peer does itself, asked for by the process that builds
// the copy, on the operator's socket.

import { StoreError } from "../../store/store.ts";
import type { HistoryUpkeep } from "../history/history-upkeep.ts";
import { NotAtRestError } from "../rounds/rest-tasks.ts";
import type { OperatorReply } from "./operator-commands.ts";

const STORE_COMMANDS = ["store-begin", "store-note", "store-adopt"] as const;
export type StoreCommand = (typeof STORE_COMMANDS)[number];

export class StoreCommands {
  readonly #upkeep: HistoryUpkeep | null;

  /** @param upkeep null for a peer whose store is in memory */
  constructor(upkeep: HistoryUpkeep | null) {
    this.#upkeep = upkeep;
  }

  /** Answers a request, null when it is none of these. */
  handle(request: unknown): Promise<OperatorReply> | null {
    if (typeof request !== "object" || request === null) return null;
    const { command } = request as { command?: unknown };
    const known = STORE_COMMANDS.find((name) => name === command);
    return known === undefined ? null : this.#answer(known);
  }

  async #answer(command: StoreCommand): Promise<OperatorReply> {
    if (this.#upkeep === null) return { ok: false, error: "this peer has its store in memory" };
    try {
      return { ok: true, result: await this.#run(command, this.#upkeep) };
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof NotAtRestError)) throw error;
      return { ok: false, error: error.message };
    }
  }

  async #run(command: StoreCommand, upkeep: HistoryUpkeep): Promise<unknown> {
    switch (command) {
      case "store-begin":
        return await upkeep.begin();
      case "store-note":
        return upkeep.noteRecent();
      case "store-adopt":
        return await upkeep.adopt();
    }
  }
}
