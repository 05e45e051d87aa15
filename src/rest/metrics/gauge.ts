// A gauge that is read when it is asked for.

import { Gauge, type Registry } from "./prom.ts";

/** @param read called at each scrape; what it throws fails the scrape */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  const added: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => added.set(read()),
  });
}
