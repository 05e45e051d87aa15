// `start`: the peer of a data directory. An empty directory gets a key and a network of one.

import { buildCommand } from "@stricli/core";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { KeyStore, type StoredKey } from "../../keys/key-store.ts";
import { readPassphraseFile } from "../../keys/secret-file.ts";
import { ANY_ADDRESS } from "../../net/listener.ts";
import { sqliteStore } from "../../store/sqlite-store.ts";
import { type DataFolder, dataFolder } from "../data-folder.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import {
  apiBindFlag,
  apiPortFlag,
  bindFlag,
  chosenPeerPort,
  dataDirFlag,
  faucetFlag,
  jsonFlag,
  passphraseFileFlag,
  peerPortFlag,
  portFlag,
} from "../flags.ts";
import { genesisFromFile, genesisOfOne } from "../genesis-choice.ts";
import { newSeed } from "../new-seed.ts";
import { runPeer } from "../run-peer.ts";

interface StartFlags {
  readonly dataDir?: string | undefined;
  readonly apiPort: number;
  readonly apiBind: string;
  readonly port?: number | undefined;
  readonly peerPort?: number | undefined;
  readonly bind: string;
  readonly genesis?: string | undefined;
  readonly key?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly faucet: boolean;
  readonly json: boolean;
}

async function chooseKey(keys: KeyStore, flags: StartFlags): Promise<StoredKey> {
  if (flags.key !== undefined) return keys.find(flags.key);
  const stored = keys.list();
  if (stored.length > 1) {
    const advice = "say which with --key HEX-PREFIX (`convex-peer key list` shows them)";
    throw new CommandError(EXIT.CONFIG, `${keys.folder} holds ${stored.length} keys: ${advice}`);
  }
  const [only] = stored;
  if (only !== undefined) return only;
  const passphrase =
    flags.passphraseFile === undefined ? null : readPassphraseFile(flags.passphraseFile);
  const added = await keys.add(newSeed(), passphrase);
  if (added === null) throw new Error("a new key was there already");
  return added;
}

async function start(flags: StartFlags): Promise<void> {
  const folder: DataFolder = dataFolder(flags.dataDir);
  const keys = new KeyStore(folder.keys);
  const stored = await chooseKey(keys, flags);
  const passphrase =
    stored.encrypted && flags.passphraseFile !== undefined
      ? readPassphraseFile(flags.passphraseFile)
      : null;
  const keyPair = await keys.open(stored, passphrase);
  const genesis = (isEmpty: boolean) => {
    if (flags.genesis !== undefined) return genesisFromFile(flags.genesis);
    return isEmpty ? genesisOfOne(keyPair.publicKey) : null;
  };
  await runPeer({
    title: `Convex peer ${toHex(keyPair.publicKey).slice(0, 8)}`,
    store: sqliteStore(folder.root, CVM_TABLE),
    keyPair,
    genesis,
    api: { host: flags.apiBind, port: flags.apiPort },
    peerAddress: { host: flags.bind, port: chosenPeerPort(flags) },
    hasFaucet: flags.faucet,
    json: flags.json,
    notes: [
      ["data", folder.root],
      ["key file", stored.encrypted ? "encrypted" : "NOT encrypted, readable by its owner only"],
    ],
  });
}

export const startCommand = buildCommand({
  docs: { brief: "Run the peer of a data directory" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      apiPort: apiPortFlag,
      apiBind: apiBindFlag,
      port: portFlag,
      peerPort: peerPortFlag,
      bind: bindFlag(ANY_ADDRESS),
      genesis: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "FILE",
        brief:
          "State an empty data directory begins with (complete multi-cell message, may be gzipped)",
      },
      key: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "HEX",
        brief: "Beginning of the public key to use",
      },
      passphraseFile: passphraseFileFlag,
      faucet: faucetFlag(false),
      json: jsonFlag,
    },
    aliases: {},
  },
  func: (flags: StartFlags) => guarded(() => start(flags)),
});
