// Metrics that are counted elsewhere in plain numbers, and read when they are asked for:
// prom-client looks up labels by text for each value that it is given.

import type { DurationTally } from "../../store/duration-tally.ts";
import type { Registry } from "./prom.ts";

export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export function histogramSamples(
  name: string,
  { bounds, buckets, seconds, count }: Readonly<DurationTally>,
  labels: Sample["labels"] = {},
): Sample[] {
  let below = 0;
  const samples = [...bounds, "+Inf"].map((le, i) => {
    below += buckets[i] as number;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
  });
  return [
    ...samples,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** @param values called at each scrape */
export function tallied(
  registry: Registry,
  type: "counter" | "histogram",
  name: string,
  help: string,
  values: () => Sample[],
): void {
  const metric = { name, help, get: async () => ({ name, help, type, values: values() }) };
  // prom-client's types know its own classes only; it needs no more of a metric than this.
  registry.registerMetric(metric as unknown as Parameters<Registry["registerMetric"]>[0]);
}
