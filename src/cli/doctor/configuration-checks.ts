// Configuration, data directory and keys.

import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { KeyStore } from "../../keys/key-store.ts";
import { isReadableByOthers } from "../../keys/secret-file.ts";
import { Bans, BansError } from "../../peer/connections/bans.ts";
import { systemCode } from "../../system/system-code.ts";
import { SETTINGS } from "../commands/config.ts";
import { startCommand } from "../commands/start.ts";
import { configFile } from "../config/config-file.ts";
import { reviewedConfiguration, unknownVariables } from "../config/configuration.ts";
import { accountFacts } from "../contact/account-facts.ts";
import { sealedText, sealOf } from "../emergency/sealing.ts";
import { CommandError } from "../failure.ts";
import { BANS_FILE } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";
import { permissionWords } from "../files/permission.ts";
import { storeOwnerIfKnown } from "../store/store-owner.ts";
import { countText } from "../terminal/amounts.ts";
import { type Check, type Finding, fail, ok, skip, warn } from "./check.ts";
import { barrierOf, type DoctorScene } from "./scene.ts";

const GROUP_AND_OTHERS_WRITE = 0o022;
const OTHERS = 0o007;

function configuration(): Finding {
  try {
    const { configured, faults } = reviewedConfiguration(SETTINGS, startCommand);
    const { length } = configured;
    if (faults.length === 0)
      return ok(`${countText(length, "setting")}, ${configFile() ?? "no file"}`);
    return fail(faults.join("; "), "mend it; `convex-peer config check` says when it is right");
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return fail(error.message, "mend it; `convex-peer config check` says when it is right");
  }
}

function configurationAccess(): Finding {
  const path = configFile();
  if (path === null) return skip("no configuration file");
  if ((statSync(path).mode & GROUP_AND_OTHERS_WRITE) === 0) return ok("only its owner writes it");
  return fail(`others can write ${path}`, `chmod go-w ${path}`);
}

function environment(): Finding {
  const strange = unknownVariables(SETTINGS);
  if (strange.length === 0) return ok("no CONVEX_ variable without meaning");
  const advice = "unset them, or see `convex-peer config show --json` for the names there are";
  return warn(`${strange.join(", ")} set nothing`, advice);
}

function dataDirectory({ folder: { root } }: DoctorScene): Finding {
  const barrier = barrierOf(root);
  if (barrier !== null) return fail("this user may not look into it", barrier);
  if (!isThere(root)) {
    const fix = "`convex-peer start` makes it; or name another with --data-dir";
    return fail(`${root} is not there`, fix);
  }
  if (!statSync(root).isDirectory())
    return fail(`${root} is a file, not a folder`, "name another with --data-dir");
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (systemCode(error) === "EROFS") {
      const fix = "mount it for writing, or name another data directory with --data-dir";
      return fail(`${root} is on a read-only file system`, fix);
    }
    return fail(`${root} can't be written by this user`, permissionWords(root));
  }
  return bans(root) ?? ok(`${root} is there and can be written`);
}

/** That `start` will refuse the list of bans, null when it won't. */
function bans(root: string): Finding | null {
  try {
    new Bans(join(root, BANS_FILE));
    return null;
  } catch (error) {
    if (error instanceof BansError) return fail(error.finding, error.fix);
    throw error;
  }
}

function dataDirectoryAccess({ folder: { root } }: DoctorScene): Finding {
  if (!isThere(root)) return skip("no data directory");
  const mode = statSync(root).mode;
  if ((mode & GROUP_AND_OTHERS_WRITE) !== 0) {
    return fail("others can write the data directory", `chmod go-w ${root}`);
  }
  if ((mode & OTHERS) === 0) return ok("closed to other users");
  return warn("other users can look into the data directory", `chmod o-rwx ${root}`);
}

/** That the store's peer has no key here, null when it has, or there is no store. */
function ownerless({ folder }: DoctorScene): Finding | null {
  const { keys: found, faults } = new KeyStore(folder.keys).inventory();
  const owner = storeOwnerIfKnown(folder);
  if (owner === null || [...found, ...faults].some(({ publicKey }) => publicKey === owner))
    return null;
  const what = `${found.length} in ${folder.keys}, and not that of the store's peer, 0x${owner}`;
  const fix =
    "`convex-peer key recover` or `key import` brings it back, unless --key-file names it";
  return warn(what, fix);
}

async function keys(scene: DoctorScene): Promise<Finding> {
  const { folder } = scene;
  const { keys: found, faults } = new KeyStore(folder.keys).inventory();
  const count = new Set(found.map(({ publicKey }) => publicKey)).size;
  const text = `${count} in ${folder.keys}`;
  if (faults.length > 0) {
    const bad = faults.map(({ error }) => error.message).join("; ");
    const fix = "move files away that are no keys; `convex-peer key list` tells of them too";
    return (found.length > 0 ? warn : fail)(`${text}, and ${bad}`, fix);
  }
  if (found.length === 0 && sealOf(folder.root) !== null) return skip("sealed");
  // A peer that runs has its key from elsewhere.
  const lack = (await scene.own) === null ? ownerless(scene) : null;
  if (lack !== null) return lack;
  if (found.length > 0) return ok(text);
  return warn(
    `none in ${folder.keys}`,
    "`convex-peer key new` makes one, `key recover` brings one back",
  );
}

function keyAccess({ folder }: DoctorScene): Finding {
  const { keys: found } = new KeyStore(folder.keys).inventory();
  const exposed = found.filter(({ path }) => isReadableByOthers(path));
  if (found.length === 0) return skip("no keys");
  if (exposed.length === 0) return ok("readable by their owner only");
  const paths = exposed.map(({ path }) => path).join(" ");
  return fail(`others can read ${exposed.length} key files`, `chmod 600 ${paths}`);
}

function keyEncryption({ folder }: DoctorScene): Finding {
  const { keys: found } = new KeyStore(folder.keys).inventory();
  const plain = found.filter(({ encrypted }) => !encrypted);
  if (found.length === 0) return skip("no keys");
  if (plain.length === 0) return ok("all under a passphrase");
  const fix = "`convex-peer key passphrase --new-passphrase-file FILE` seals a key";
  return warn(`${plain.length} of ${found.length} key files are not encrypted`, fix);
}

function sealed({ folder }: DoctorScene): Finding {
  const seal = sealOf(folder.root);
  if (seal === null) return ok("no emergency");
  const fix = "docs/breach.md says how to go on with a new key";
  return fail(`${sealedText(seal)}: it will not start`, fix);
}

/** A controller's key on the machine of its peer falls with it. */
async function controllerKey(scene: DoctorScene): Promise<Finding> {
  const [record, client] = await Promise.all([scene.record, scene.client]);
  if (record === null || client === null) return skip("the peer does not run, or has no record");
  const { key } = await accountFacts(client, record.controller);
  if (key === record.peer) {
    const fix = "give the controller account a key of its own (set-key), kept on another machine";
    return warn("the peer's key controls its stake: whoever breaks in can take it", fix);
  }
  const { keys: found, faults } = new KeyStore(scene.folder.keys).inventory();
  const here = [...found, ...faults].some(({ publicKey }) => publicKey === key);
  if (!here) return ok("the controller's key is not here");
  const fix = "move it to another machine; `stake … --offline FILE` needs no key here";
  return warn("the controller's key lies in the peer's data directory", fix);
}

export const CONFIGURATION_CHECKS: readonly Check<DoctorScene>[] = [
  { id: "config", title: "configuration", run: configuration },
  { id: "config-access", title: "configuration file", run: configurationAccess },
  { id: "environment", title: "environment", run: environment },
  { id: "data-dir", title: "data directory", run: dataDirectory },
  { id: "data-dir-access", title: "data directory access", run: dataDirectoryAccess },
  { id: "keys", title: "keys", run: keys },
  { id: "key-access", title: "key files", run: keyAccess },
  { id: "key-encryption", title: "key encryption", run: keyEncryption },
  { id: "sealed", title: "seal", run: sealed },
  { id: "controller-key", title: "controller's key", run: controllerKey },
];
