// `local`: a throw-away network of one with a faucet, for development. Nothing is kept.

import { buildCommand } from "@stricli/core";
import { KeyPair } from "../../crypto/ed25519.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { createGenesis } from "../../genesis/genesis.ts";
import { Bans } from "../../peer/connections/bans.ts";
import { PORT_MAX } from "../../peer/connections/peer-address.ts";
import { memoryStore } from "../../store/memory-store.ts";
import { OPEN_POLICY } from "../api/api-flags.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import {
  apiPortFlag,
  bindFlag,
  chosenPeerPort,
  faucetFlag,
  jsonFlag,
  LOOPBACK,
  peerPortFlag,
  portFlag,
} from "../flags.ts";
import { newSeed } from "../keys/new-seed.ts";
import { sayAsLog } from "../log/notices.ts";
import { faultText } from "../log/open-log.ts";
import { requireFreePorts } from "../start/free-ports.ts";
import { type HostedPeer, stopPeer } from "../start/hosted-peer.ts";
import { startLocalPeers } from "../start/local-peers.ts";
import { runPeer } from "../start/run-peer.ts";

const PEERS_MAX = 50;

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

function onFault(error: unknown, where: string): void {
  sayAsLog("network", "error", faultText(error, where));
}

/** @throws CommandError where there are not so many ports behind the first one */
function requirePorts(first: number, peers: number): void {
  if (first === 0 || first + peers - 1 <= PORT_MAX) return;
  const what = `${peers} peers take the ports from ${first} on, and there is none after ${PORT_MAX}`;
  throw new CommandError(EXIT.USAGE, `${what}: give a lower --port`);
}

async function local(flags: LocalFlags): Promise<void> {
  requirePorts(chosenPeerPort(flags), flags.peers);
  const api = { host: flags.apiBind, port: flags.apiPort };
  requireFreePorts({ host: flags.bind, port: chosenPeerPort(flags) }, api);
  const keyPairs = Array.from({ length: flags.peers }, () => KeyPair.fromSeed(newSeed()));
  const [keyPair, ...others] = keyPairs as [KeyPair, ...KeyPair[]];
  const listen = { host: flags.bind, port: chosenPeerPort(flags) };
  const peerKeys = keyPairs.map(({ publicKey }) => publicKey);
  const genesis = createGenesis({
    governanceKey: keyPair.publicKey,
    genesisKey: keyPair.publicKey,
    peerKeys,
  });
  let further: HostedPeer[] = [];
  await runPeer({
    title: `Local Convex network of ${flags.peers}, thrown away when it stops`,
    store: memoryStore(CVM_TABLE),
    keyPair,
    genesis,
    bans: new Bans(null),
    allowsPrivate: true,
    api,
    peerAddress: listen,
    hasFaucet: flags.faucet,
    // Nothing here is worth anything.
    policy: { ...OPEN_POLICY, mcpSeedTools: true },
    json: flags.json,
    notes: [],
    onRunning: (first) => {
      further = startLocalPeers({ first, keyPairs: others, genesis, listen, onFault });
    },
    onStopping: async () => {
      await Promise.all(further.map(stopPeer));
    },
  });
}

/** @throws Error naming the range */
function parsePeers(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= PEERS_MAX) return count;
  throw new Error(`expected a number of peers from 1 to ${PEERS_MAX}, found '${text}'`);
}

export const localCommand = buildCommand({
  docs: { brief: "Run a throw-away network with a faucet, for development" },
  parameters: {
    flags: {
      apiPort: apiPortFlag,
      apiBind: { ...bindFlag(LOOPBACK), brief: "Address the API listens on" },
      port: portFlag,
      peerPort: peerPortFlag,
      bind: bindFlag(LOOPBACK),
      peers: {
        kind: "parsed",
        parse: parsePeers,
        default: "1",
        placeholder: "N",
        brief: "Number of peers, all in this process; clients talk to the first",
      },
      faucet: faucetFlag(true),
      json: jsonFlag,
    },
  },
  func: (flags: LocalFlags) => guarded(() => local(flags)),
});
