// `service …`: the peer under systemd.

import { buildRouteMap } from "@stricli/core";
import { installCommand } from "./service/install.ts";
import { serviceStatusCommand } from "./service/status.ts";
import { uninstallCommand } from "./service/uninstall.ts";

export const serviceRoutes = buildRouteMap({
  routes: { install: installCommand, status: serviceStatusCommand, uninstall: uninstallCommand },
  docs: { brief: "The peer as a service of systemd" },
});
