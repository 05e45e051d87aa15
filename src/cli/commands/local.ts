// `local`: a throw-away network of one with a faucet, for development. Nothing is kept.

import { buildCommand } from "@stricli/core";
import { KeyPair } from "../../crypto/ed25519.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { Bans } from "../../peer/bans.ts";
import { memoryStore } from "../../store/memory-store.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import {
  apiBindFlag,
  apiPortFlag,
  bindFlag,
  chosenPeerPort,
  faucetFlag,
  jsonFlag,
  peerPortFlag,
  portFlag,
} from "../flags.ts";
import { genesisOfOne } from "../genesis-choice.ts";
import { newSeed } from "../new-seed.ts";
import { runPeer } from "../run-peer.ts";

const LOOPBACK = "127.0.0.1";

interface LocalFlags {
  readonly apiPort: number;
  readonly apiBind: string;
  readonly port?: number | undefined;
  readonly peerPort?: number | undefined;
  readonly bind: string;
  readonly peers: number;
  readonly faucet: boolean;
  readonly json: boolean;
}

async function local(flags: LocalFlags): Promise<void> {
  if (flags.peers !== 1) {
    const why = "this version runs networks of one peer";
    throw new CommandError(EXIT.USAGE, `--peers must be 1, found ${flags.peers}: ${why}`);
  }
  const keyPair = KeyPair.fromSeed(newSeed());
  await runPeer({
    title: "Local Convex network, thrown away when it stops",
    store: memoryStore(CVM_TABLE),
    keyPair,
    genesis: genesisOfOne(keyPair.publicKey),
    bans: new Bans(null),
    api: { host: flags.apiBind, port: flags.apiPort },
    peerAddress: { host: flags.bind, port: chosenPeerPort(flags) },
    hasFaucet: flags.faucet,
    json: flags.json,
    notes: [],
  });
}

export const localCommand = buildCommand({
  docs: { brief: "Run a throw-away network with a faucet, for development" },
  parameters: {
    flags: {
      apiPort: apiPortFlag,
      apiBind: apiBindFlag,
      port: portFlag,
      peerPort: peerPortFlag,
      bind: bindFlag(LOOPBACK),
      peers: {
        kind: "parsed",
        parse: Number,
        default: "1",
        placeholder: "N",
        brief: "Number of peers (this version: 1)",
      },
      faucet: faucetFlag(true),
      json: jsonFlag,
    },
  },
  func: (flags: LocalFlags) => guarded(() => local(flags)),
});
