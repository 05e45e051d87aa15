// Commands to the peer of a data directory, by its socket.

import { join } from "node:path";
import { askPeer } from "../peer/operator-socket.ts";
import { dataFolder, OPERATOR_SOCKET } from "./data-folder.ts";
import { CommandError, EXIT } from "./failure.ts";

/**
 * What the running peer answers.
 * @throws OperatorSocketError when none runs; CommandError when it refuses
 */
export async function askOperator(
  dataDir: string | undefined,
  command: string,
  target?: string,
): Promise<unknown> {
  const path = join(dataFolder(dataDir).root, OPERATOR_SOCKET);
  const reply = await askPeer(path, target === undefined ? { command } : { command, target });
  if (reply.ok) return reply.result;
  throw new CommandError(EXIT.DATAERR, reply.error);
}
