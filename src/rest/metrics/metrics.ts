// The metrics of a peer in the format of Prometheus. Names and meanings are in docs/monitoring,
// beside the dashboard and the alert rules that use them.

import { toHex } from "../../crypto/hex.ts";
import type { ExecutedBlocks } from "../../peer/rounds/executed-blocks.ts";
import { chainMetrics } from "./chain-metrics.ts";
import { processMetrics } from "./process-metrics.ts";
import { Gauge, Registry } from "./prom.ts";
import { RequestMeter } from "./request-meter.ts";
import type { MetricsSources } from "./sources.ts";

export class Metrics {
  readonly #registry = new Registry();
  readonly #endSampling: () => void;
  /** Measures requests. */
  readonly requests: RequestMeter;

  constructor(sources: MetricsSources, executed: ExecutedBlocks) {
    const registry = this.#registry;
    this.#describe(sources);
    chainMetrics(registry, sources, executed);
    this.#endSampling = processMetrics(registry, sources);
    this.requests = new RequestMeter(registry);
  }

  #describe({ version, peer }: MetricsSources): void {
    const { genesis, peer: key } = peer.status();
    const info = new Gauge({
      name: "convex_peer_info",
      help: "1, with version, key and network of this peer",
      labelNames: ["version", "peer", "genesis"],
      registers: [this.#registry],
    });
    info.set({ version, peer: toHex(key), genesis: toHex(genesis) }, 1);
  }

  /** Names of all metrics. */
  get names(): string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** Media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  close(): void {
    this.#endSampling();
  }
}
