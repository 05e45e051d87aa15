// Bodies whose length the client has not declared count for its rate when they have been read.

import type { Access } from "./access.ts";
import type { Asker } from "./clients.ts";

const counters = new WeakMap<Request, (bytes: number) => void>();

/** Has the body of a request counted when it is read, if its length is not declared. */
export function countWhenRead(request: Request, access: Access, asker: Asker): void {
  if (request.method !== "POST" || asker.isLocal || request.headers.has("content-length")) return;
  counters.set(request, (bytes) => access.countBody(asker, bytes, Date.now()));
}

/** Tells that so many bytes of an undeclared body were read. */
export function bodyWasRead(request: Request, bytes: number): void {
  counters.get(request)?.(bytes);
}
