// A genesis State of our own, for networks that are started here (sheet 03 §5.2). Layout, balances
// and rules are those of the reference; the libraries are ours, so the State has another hash. A
// network that is joined sends its own.

import { PUBLIC_KEY_LENGTH } from "../crypto/ed25519.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import { Index } from "../data/index-map.ts";
import { Vector } from "../data/vector.ts";
import type { AccountStatus } from "../state/account-status.ts";
import { MAX_SUPPLY } from "../state/constants.ts";
import { GLOBAL, initialGlobals } from "../state/globals.ts";
import { PeerStatus } from "../state/peer-status.ts";
import { State } from "../state/state.ts";
import { compiledLibraries } from "./compiled-libraries.ts";
import { withLibraries } from "./deployment.ts";
import { GenesisError } from "./genesis-error.ts";
import {
  FIRST_CONTROLLER,
  FIRST_LIBRARY_ADDRESS,
  GENESIS_USER,
  governanceAccounts,
  peerStakes,
  userAccounts,
} from "./layout.ts";

export interface GenesisOptions {
  /** Key of the governance accounts #2 to #6: 32 bytes. */
  readonly governanceKey: Uint8Array;
  /** Key of the administration, the genesis user and the first peer's controller: 32 bytes. */
  readonly genesisKey: Uint8Array;
  /** Keys of the peers, each different: 32 bytes each, at least one. */
  readonly peerKeys: readonly Uint8Array[];
  /** Time of the State in milliseconds; INITIAL_TIMESTAMP when absent. */
  readonly timestamp?: number;
}

/** What the options decide of a genesis State: everything but the libraries. */
interface Founding {
  readonly governance: readonly AccountStatus[];
  /** From #11 on. */
  readonly users: readonly AccountStatus[];
  readonly peers: Index;
  readonly globals: Vector;
}

/**
 * The State before the first block; depends on nothing but the options.
 * @throws GenesisError when there is no peer, a key is not of 32 bytes, or two peers have one key
 */
export function createGenesis(options: GenesisOptions): State {
  const founding = foundingOf(options);
  const isUsual = Number(GENESIS_USER.value) + founding.users.length === FIRST_LIBRARY_ADDRESS;
  const state = isUsual ? fromCompiled(founding) : fromSources(founding);
  checkSupply(state);
  return state;
}

/** The same State, with libraries that are deployed from their sources: some 200 ms of work. */
export function deployGenesis(options: GenesisOptions): State {
  return fromSources(foundingOf(options));
}

function foundingOf(options: GenesisOptions): Founding {
  const governanceKey = keyBlob(options.governanceKey);
  const genesisKey = keyBlob(options.genesisKey);
  const peerKeys = options.peerKeys.map(keyBlob);
  if (peerKeys.length === 0) throw new GenesisError("A genesis State needs at least one peer");
  return {
    governance: governanceAccounts(governanceKey, genesisKey),
    users: userAccounts(genesisKey, peerKeys),
    peers: peerIndex(peerKeys),
    globals: globalsAt(options.timestamp),
  };
}

/**
 * With the accounts of the libraries as they were compiled beforehand. They hold nothing that the
 * options decide, as long as their addresses are the usual ones.
 */
function fromCompiled({ governance, users, peers, globals }: Founding): State {
  const compiled = compiledLibraries();
  const [genesisUser, ...others] = users;
  const traded = compiled.account(GENESIS_USER)?.withKey(genesisUser?.key ?? null);
  const accounts = Vector.from([
    ...governance,
    ...compiled.accounts.slice(governance.length, Number(GENESIS_USER.value)),
    traded ?? null,
    ...others,
    ...compiled.accounts.slice(FIRST_LIBRARY_ADDRESS, compiled.accounts.count),
  ]);
  return State.of(accounts, peers, globals, Index.EMPTY);
}

function fromSources({ governance, users, peers, globals }: Founding): State {
  const bare = State.of(Vector.from(governance), Index.EMPTY, globals, Index.EMPTY);
  return withLibraries(bare, (state) =>
    state.withAccounts(state.accounts.concat(Vector.from(users))).withPeers(peers),
  );
}

function keyBlob(key: Uint8Array): Blob {
  if (key.length === PUBLIC_KEY_LENGTH) return Blob.of(key.slice());
  throw new GenesisError(`A public key has ${PUBLIC_KEY_LENGTH} bytes, not ${key.length}`);
}

function globalsAt(timestamp: number | undefined): Vector {
  const globals = initialGlobals();
  return timestamp === undefined ? globals : globals.assoc(GLOBAL.TIMESTAMP, timestamp);
}

function peerIndex(peerKeys: readonly Blob[]): Index {
  let peers = Index.EMPTY;
  peerStakes(peerKeys.length).forEach((stake, i) => {
    const key = peerKeys[i] as Blob;
    if (peers.has(key)) throw new GenesisError("Two peers have the same public key");
    const controller = Address.of(Number(FIRST_CONTROLLER.value) + i);
    peers = peers.assoc(key, PeerStatus.create(controller, stake)) as Index;
  });
  return peers;
}

/** Every coin that can exist is somewhere. */
function checkSupply(state: State): void {
  let total = BigInt(state.memoryValue);
  for (let i = 0; i < state.accounts.count; i++) total += BigInt(state.account(i)?.balance ?? 0);
  for (const [key] of state.peers.entries()) total += BigInt(state.peer(key as Blob)?.balance ?? 0);
  if (total !== MAX_SUPPLY) throw new Error(`genesis holds ${total} copper, not ${MAX_SUPPLY}`);
}
