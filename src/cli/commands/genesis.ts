// `genesis`: writes the State that a new network begins with (sheet 03 §5).

import { buildCommand } from "@stricli/core";
import { toHex } from "../../crypto/hex.ts";
import { hashBytes } from "../../data/encode.ts";
import { encodeMultiCell } from "../../data/multi-cell.ts";
import { createGenesis, type GenesisOptions } from "../../genesis/genesis.ts";
import { GenesisError } from "../../genesis/genesis-error.ts";
import { parsePublicKey } from "../../keys/public-key-text.ts";
import type { State } from "../../state/state.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { writeNewFile } from "../files/new-file.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { keyStoreOf } from "../keys/stored-key.ts";

/** A file of this name is compressed; `start --genesis` reads both. */
const GZIP_NAME = /\.gz$/i;

interface GenesisFlags {
  readonly out: string;
  readonly keys?: string | undefined;
  readonly genesisKey?: string | undefined;
  readonly governance?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

/** @throws Error naming the range */
function parseTimestamp(text: string): number {
  const timestamp = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(timestamp)) return timestamp;
  throw new Error(`expected a time in milliseconds since 1970, found '${text}'`);
}

/** Without --keys, the network is one of the only key in the data directory. */
function storedKey(dataDir: string | undefined): Uint8Array {
  const store = keyStoreOf({ dataDir });
  const { key, count } = store.only();
  if (key !== null && count === 1) return parsePublicKey(key.publicKey);
  const found = key === null ? "no key" : "several keys";
  const advice = "say which keys the peers have with --keys HEX[,HEX…]";
  throw new CommandError(EXIT.CONFIG, `${store.folder} holds ${found}: ${advice}`);
}

/** @throws PublicKeyTextError, CommandError */
function optionsOf(flags: GenesisFlags): GenesisOptions {
  // Read here and not with the flags: a key that is none is data, as everywhere else.
  const keyOf = (text: string | undefined) => (text === undefined ? null : parsePublicKey(text));
  const peerKeys = flags.keys?.split(",").map(parsePublicKey) ?? [storedKey(flags.dataDir)];
  const genesisKey = keyOf(flags.genesisKey) ?? (peerKeys[0] as Uint8Array);
  const governanceKey = keyOf(flags.governance) ?? genesisKey;
  const { timestamp } = flags;
  return { governanceKey, genesisKey, peerKeys, ...(timestamp === undefined ? {} : { timestamp }) };
}

function create(options: GenesisOptions): State {
  try {
    return createGenesis(options);
  } catch (error) {
    if (error instanceof GenesisError) throw new CommandError(EXIT.USAGE, error.message);
    throw error;
  }
}

async function genesis(flags: GenesisFlags): Promise<void> {
  const options = optionsOf(flags);
  const state = create(options);
  const message = Uint8Array.from(encodeMultiCell(state));
  const bytes = GZIP_NAME.test(flags.out) ? Bun.gzipSync(message) : message;
  // A network's peers start with the one that is there.
  const advice = "remove it first, or name another file with --out";
  writeNewFile(flags.out, bytes, { advice });
  const facts = {
    genesis: toHex(hashBytes(state)),
    file: flags.out,
    bytes: bytes.length,
    peers: options.peerKeys.map(toHex),
    genesisKey: toHex(options.genesisKey),
    governanceKey: toHex(options.governanceKey),
    timestamp: Number(state.timestamp),
  };
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  process.stdout.write(`${facts.genesis}\n`);
  const count = facts.peers.length === 1 ? "1 peer" : `${facts.peers.length} peers`;
  process.stderr.write(
    `Genesis State for ${count} in ${facts.file}, ${facts.bytes} bytes: ` +
      `each peer starts with --genesis ${facts.file}\n`,
  );
}

const keyFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "HEX",
} as const;

export const genesisCommand = buildCommand({
  docs: {
    brief: "Write the State that a new network begins with",
    fullDescription:
      "Writes the State that a new network begins with, as a complete multi-cell message, compressed " +
      "when the name of the file ends with .gz, and prints its hash. The same keys and time always " +
      "give the same State. A file that is there already is left as it is. Every peer of the network starts with `--genesis FILE`, and with `--join` and the addresses of the others.",
  },
  parameters: {
    flags: {
      out: { kind: "parsed", parse: String, placeholder: "FILE", brief: "File to write" },
      keys: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "HEX[,HEX…]",
        brief: "Public keys of the peers (default: the only key in the data directory)",
      },
      genesisKey: {
        ...keyFlag,
        brief:
          "Public key of administration, genesis user and first controller (default: first peer)",
      },
      governance: {
        ...keyFlag,
        brief: "Public key of the governance accounts (default: the genesis key)",
      },
      timestamp: {
        kind: "parsed",
        parse: parseTimestamp,
        optional: true,
        placeholder: "MS",
        brief: "Time of the State in milliseconds since 1970 (default: 1735056000000)",
      },
      dataDir: dataDirFlag,
      json: jsonFlag,
    },
  },
  func: (flags: GenesisFlags) => guarded(() => genesis(flags)),
});
