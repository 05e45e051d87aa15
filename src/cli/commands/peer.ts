// `peer …`: this peer's record in the State.

import { buildCommand, buildRouteMap } from "@stricli/core";
import { toHex } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { readForm } from "../../cvm/read-form.ts";
import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { isInteger } from "../../data/integer.ts";
import { CVMMap } from "../../data/map.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { setUrlForm } from "../../peer/url-publisher.ts";
import { addLongs } from "../../state/long.ts";
import { Invoke } from "../../state/transaction.ts";
import { dataFolder } from "../data-folder.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag, parseUrl } from "../flags.ts";
import { type HostFlags, hostFlags, hostOf, PeerClient } from "../peer-client.ts";
import { type PeerKeyFlags, peerKey, peerKeyFlags } from "../peer-key.ts";

interface SetUrlFlags extends PeerKeyFlags, HostFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

/** Longest wait for a transaction to become final. */
const FINALITY_TIMEOUT_MS = 30_000;

/** What the State says of a peer. */
interface PeerRecordFacts {
  readonly controller: Address;
  readonly metadata: CVMMap;
  readonly controllerKey: Uint8Array | null;
  readonly sequence: number | bigint;
}

async function recordOf(client: PeerClient, publicKey: Uint8Array): Promise<PeerRecordFacts> {
  const key = `0x${toHex(publicKey)}`;
  const source =
    `(let [p (get (:peers *state*) ${key}) c (:controller p) a (if c (account c))] ` +
    "[c (:metadata p) (:key a) (:sequence a)])";
  const facts = await client.query(readForm(source));
  const at = (i: number): Value =>
    facts instanceof Vector && i < facts.count ? facts.get(i) : null;
  const [controller, metadata, controllerKey, sequence] = [at(0), at(1), at(2), at(3)];
  if (!(controller instanceof Address)) {
    const advice = "the network has no record of it; it takes a stake to have one";
    throw new CommandError(EXIT.NOUSER, `Peer ${toHex(publicKey)} is not registered: ${advice}`);
  }
  return {
    controller,
    metadata: metadata instanceof CVMMap ? metadata : CVMMap.EMPTY,
    controllerKey: controllerKey instanceof Blob ? controllerKey.toBytes() : null,
    sequence: isInteger(sequence) ? sequence : 0,
  };
}

async function setUrl(flags: SetUrlFlags, text: string): Promise<void> {
  const url = parseUrl(text);
  const { keyPair } = await peerKey(dataFolder(flags.dataDir).keys, flags);
  const { publicKey } = keyPair;
  const client = await PeerClient.connect(hostOf(flags));
  try {
    const { controller, metadata, controllerKey, sequence } = await recordOf(client, publicKey);
    if (controllerKey === null || keyOf(controllerKey) !== keyOf(publicKey)) {
      const why = "set-peer-data goes by the key of the account that calls it";
      const fix = `give account ${controller.value} the peer's key for this transaction (set-key)`;
      throw new CommandError(EXIT.NOPERM, `The controller has another key; ${why}: ${fix}`);
    }
    const form = setUrlForm(metadata, publicKey, url);
    const invoke = Invoke.of(controller, addLongs(sequence, 1), form);
    await client.transact(SignedData.sign(keyPair, invoke), FINALITY_TIMEOUT_MS);
    const facts = { peer: toHex(publicKey), url };
    const words = `Other peers find ${facts.peer.slice(0, 8)} at ${url} from now on`;
    process.stdout.write(`${flags.json ? JSON.stringify(facts) : words}\n`);
  } finally {
    client.close();
  }
}

export const peerRoutes = buildRouteMap({
  routes: {
    "set-url": buildCommand({
      docs: { brief: "Publish the address under which other peers reach this one" },
      parameters: {
        flags: { dataDir: dataDirFlag, ...peerKeyFlags, ...hostFlags, json: jsonFlag },
        positional: {
          kind: "tuple",
          parameters: [{ parse: String, placeholder: "tcp://HOST:PORT", brief: "The address" }],
        },
      },
      func: (flags: SetUrlFlags, url: string) => guarded(() => setUrl(flags, url)),
    }),
  },
  docs: { brief: "This peer's record in the network" },
});
