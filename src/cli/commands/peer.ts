// `peer …`: this peer's record in the State.

import { buildRouteMap } from "@stricli/core";
import { createCommand } from "./peer/create.ts";
import { evictCommand } from "./peer/evict.ts";
import { setUrlCommand } from "./peer/set-url.ts";

export const peerRoutes = buildRouteMap({
  routes: { create: createCommand, "set-url": setUrlCommand, evict: evictCommand },
  docs: { brief: "This peer's record in the network" },
});
