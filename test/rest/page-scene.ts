// Chromium over an API of its own: for the tests of the page and for its pictures in the docs.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import type { ApiUnderTest } from "./api-under-test.ts";

export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) =>
  existsSync(path),
);

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws when the machine has no Chromium */
export function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error("Chromium is not installed");
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** The API on a port of loopback. */
export function listenOn(api: ApiUnderTest): { base: string; close: () => Promise<void> } {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => api.app.fetch(request, { remote: "127.0.0.1" }),
  });
  const close = async () => {
    api.feed.close();
    api.metrics.close();
    await server.stop(true);
    await api.peer.close();
  };
  return { base: `http://127.0.0.1:${server.port}`, close };
}
