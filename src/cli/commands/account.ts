// `account …`: accounts of the network.

import { buildRouteMap } from "@stricli/core";
import { createCommand, fundCommand } from "./account/create.ts";
import { balanceCommand, infoCommand } from "./account/info.ts";

export const accountRoutes = buildRouteMap({
  routes: {
    create: createCommand,
    info: infoCommand,
    balance: balanceCommand,
    fund: fundCommand,
  },
  docs: { brief: "Accounts of the network: make, look at, pay" },
});
