// Starts the thread that checks signatures, from the source or out of the executable.

import { availableParallelism } from "node:os";
import type { Clock } from "../../peer/clock.ts";
import { SignatureThread, type VerifyWorker } from "../../peer/signatures/signature-thread.ts";
import { IS_COMPILED } from "../service/compiled.ts";

/** Inside an executable its modules are found by their paths in the project. */
const PROGRAM = IS_COMPILED
  ? "./src/crypto/verify-thread.ts"
  : new URL("../../crypto/verify-thread.ts", import.meta.url).href;

function startWorker(): VerifyWorker {
  const worker = new Worker(PROGRAM, { smol: true });
  worker.unref();
  return worker as VerifyWorker;
}

/** Null where a second thread would only take turns with the first. */
export function signatureThread(
  clock: Clock,
  onLost: (error: Error) => void,
): SignatureThread | null {
  return availableParallelism() < 2 ? null : new SignatureThread(clock, startWorker, onLost);
}
