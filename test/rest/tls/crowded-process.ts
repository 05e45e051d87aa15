// A process with a port of HTTPS that opens all files it may, and then gets a new certificate.

import { closeSync, openSync } from "node:fs";
import { ListenError } from "../../../src/rest/server.ts";
import { closeApi, first, nameServed, newListener, second } from "./secure-scene.ts";

const listener = newListener();
listener.use(first);
const open: number[] = [];
try {
  for (;;) open.push(openSync("/dev/null", "r"));
} catch {
  // There are no more.
}
try {
  listener.use(second);
} catch (error) {
  console.log(error instanceof ListenError ? `ListenError ${error.code}` : error);
}
for (const file of open) closeSync(file);
console.log(await nameServed(listener));
listener.use(second);
console.log(await nameServed(listener));
await listener.stop(true);
await closeApi();
process.exit(0);
