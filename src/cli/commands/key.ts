// `key …`: Ed25519 keys in the data directory, their backups and their exchange with other tools.

import { buildRouteMap } from "@stricli/core";
import { checkCommand } from "./key/check.ts";
import { exportCommand } from "./key/export.ts";
import { importCommand } from "./key/import.ts";
import { listCommand, showCommand } from "./key/list.ts";
import { newCommand } from "./key/new.ts";
import { paperCommand } from "./key/paper.ts";
import { passphraseCommand } from "./key/passphrase.ts";
import { recoverCommand } from "./key/recover.ts";
import { signCommand, verifyCommand } from "./key/sign.ts";

export const keyRoutes = buildRouteMap({
  routes: {
    new: newCommand,
    recover: recoverCommand,
    list: listCommand,
    show: showCommand,
    import: importCommand,
    export: exportCommand,
    passphrase: passphraseCommand,
    sign: signCommand,
    verify: verifyCommand,
    paper: paperCommand,
    check: checkCommand,
  },
  docs: { brief: "Keys of the peer: make, recover, back up, exchange" },
});
