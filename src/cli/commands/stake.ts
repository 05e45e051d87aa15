// `stake …`: what is staked on a peer, through any peer of the network.

import { buildRouteMap } from "@stricli/core";
import { addCommand, setCommand, withdrawCommand } from "./stake/change.ts";
import { delegateCommand } from "./stake/delegate.ts";
import { showCommand } from "./stake/show.ts";

export const stakeRoutes = buildRouteMap({
  routes: {
    show: showCommand,
    set: setCommand,
    add: addCommand,
    withdraw: withdrawCommand,
    delegate: delegateCommand,
  },
  docs: { brief: "Stake on a peer: look, change, take back" },
});
