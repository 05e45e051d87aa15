// Parts of prom-client, which has types only for the whole.

declare module "prom-client/lib/counter.js" {
  const part: typeof import("prom-client").Counter;
  export = part;
}

declare module "prom-client/lib/gauge.js" {
  const part: typeof import("prom-client").Gauge;
  export = part;
}

declare module "prom-client/lib/histogram.js" {
  const part: typeof import("prom-client").Histogram;
  export = part;
}

declare module "prom-client/lib/registry.js" {
  const part: typeof import("prom-client").Registry;
  export = part;
}
