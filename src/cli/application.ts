// The command table.

import { buildApplication, buildRouteMap, text_en } from "@stricli/core";
import packageJson from "../../package.json" with { type: "json" };
import { accountRoutes } from "./commands/account.ts";
import { completionsCommand } from "./commands/completions.ts";
import { configRoutes } from "./commands/config.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { emergencyCommand } from "./commands/emergency.ts";
import { genesisCommand } from "./commands/genesis.ts";
import { keyRoutes } from "./commands/key.ts";
import { localCommand } from "./commands/local.ts";
import { logLevelCommand } from "./commands/log-level.ts";
import { peerRoutes } from "./commands/peer.ts";
import { peersRoutes } from "./commands/peers.ts";
import { queryCommand } from "./commands/query.ts";
import { serviceRoutes } from "./commands/service.ts";
import { stakeRoutes } from "./commands/stake.ts";
import { startCommand } from "./commands/start.ts";
import { healthCommand, statusCommand } from "./commands/status.ts";
import { storeRoutes } from "./commands/store.ts";
import { transactCommand } from "./commands/transact.ts";
import { upgradeCommand } from "./commands/upgrade.ts";
import { watchCommand } from "./commands/watch.ts";
import { EXIT } from "./failure.ts";
import { complaintText } from "./help/complaint.ts";

export const root = buildRouteMap({
  routes: {
    start: startCommand,
    local: localCommand,
    genesis: genesisCommand,
    status: statusCommand,
    health: healthCommand,
    doctor: doctorCommand,
    watch: watchCommand,
    peer: peerRoutes,
    peers: peersRoutes,
    "log-level": logLevelCommand,
    stake: stakeRoutes,
    account: accountRoutes,
    emergency: emergencyCommand,
    query: queryCommand,
    transact: transactCommand,
    key: keyRoutes,
    store: storeRoutes,
    service: serviceRoutes,
    upgrade: upgradeCommand,
    config: configRoutes,
    completions: completionsCommand,
  },
  docs: {
    brief: "A Convex peer in one file",
    fullDescription: [
      "A Convex peer in one file.",
      "",
      "`convex-peer local` starts a throw-away network with a faucet, for development.",
      "`convex-peer start --join HOST:PORT` joins a network, and takes part in it or follows it.",
      "`convex-peer start` runs the peer whose data is in the data directory; in an empty one it makes " +
        "a key and a network of one.",
      "",
      "Settings come from flags, CONVEX_… variables and a TOML file (--config FILE, or the default " +
        "one): see `convex-peer config show --origin`.",
    ].join("\n"),
  },
});

export const application = buildApplication(root, {
  name: "convex-peer",
  versionInfo: { currentVersion: packageJson.version },
  scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  documentation: {
    // Help is put into its final form, and painted, by helpText.
    disableAnsiColor: true,
    // The flags of a command stand below its usage, each with its words.
    onlyRequiredInUsageLine: true,
  },
  determineExitCode: () => EXIT.ERROR,
  localization: {
    // Failures are printed by reportFailure, so that the sentence stands alone.
    loadText: () => ({
      ...text_en,
      exceptionWhileRunningCommand: () => "",
      exceptionWhileParsingArguments(error, isColoured) {
        const text = text_en.exceptionWhileParsingArguments.call(this, error, isColoured);
        return complaintText(text);
      },
    }),
  },
});
