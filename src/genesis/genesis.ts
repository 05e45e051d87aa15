// A genesis State of our own, for networks that are started here (sheet 03 §5.2). Layout, balances
// and rules are those of the reference; the libraries are ours, so the State has another hash. A
// network that is joined sends its own.

import { readForm } from "../cvm/read-form.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Vector } from "../data/vector.ts";
import { KEY_LENGTH, MAX_SUPPLY } from "../state/constants.ts";
import { GLOBAL, initialGlobals } from "../state/globals.ts";
import { PeerStatus } from "../state/peer-status.ts";
import { State } from "../state/state.ts";
import { coreAccount } from "./core-environment.ts";
import { evaluateAs } from "./evaluate.ts";
import { GenesisError } from "./genesis-error.ts";
import {
  ADMIN,
  FIRST_CONTROLLER,
  FIRST_FREE_ADDRESS,
  FOUNDATION,
  GENESIS_USER,
  GOVERNANCE,
  governanceAccounts,
  peerStakes,
  reservedActor,
  userAccounts,
} from "./layout.ts";
import asset from "./lib/asset.cvx" with { type: "text" };
import fungible from "./lib/fungible.cvx" with { type: "text" };
import registry from "./lib/registry.cvx" with { type: "text" };
import trust from "./lib/trust.cvx" with { type: "text" };
import { deployLibrary, publishLibrary } from "./library.ts";

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

/** Sources of the standard libraries, in the order of their addresses. */
export const STANDARD_LIBRARIES: readonly string[] = [fungible, asset];

const CORE = Address.of(8);
const RESERVE = Address.of(3);
const UNRELEASED = Address.of(4);
const DISTRIBUTION = Address.of(5);

/** What accounts say of themselves in the registry: address, name, description. */
type Registration = readonly [account: Address, name: string, description: string];

const REGISTRATIONS: readonly Registration[] = [
  [CORE, "Convex Core Library", "Core library accessible by default in any account"],
  [FOUNDATION, "Foundation Governance", "Master network governance account"],
  [RESERVE, "Foundation Reserve", "Unreleased Foundation coin reserve"],
  [UNRELEASED, "Release Curve Reserve", "Release curve unreleased coins"],
  [DISTRIBUTION, "Release Curve Pre-Distribution", "Release curve coins for future distribution"],
  [GOVERNANCE, "Network Governance", "Network governance account"],
  [ADMIN, "Network Admin", "Network admin accounts"],
];

const USER_REGISTRATIONS: readonly Registration[] = [
  [GENESIS_USER, "Genesis User", "User account for genesis"],
  [FIRST_CONTROLLER, "Genesis Controller", "Genesis peer controller account"],
];

const CNS_BASE = [
  "(*registry*/create 'convex)",
  "(*registry*/create 'convex.cns #9 *address* nil [#9 []])",
  "(*registry*/create 'convex.registry #9)",
  "(*registry*/create 'convex.core #8)",
  "(*registry*/create 'convex.trust #10)",
];

/**
 * The State before the first block; depends on nothing but the options.
 * @throws GenesisError when there is no peer, a key is not of 32 bytes, or two peers have one key
 */
export function createGenesis(options: GenesisOptions): State {
  const governanceKey = keyBlob(options.governanceKey);
  const genesisKey = keyBlob(options.genesisKey);
  const peerKeys = options.peerKeys.map(keyBlob);
  if (peerKeys.length === 0) throw new GenesisError("A genesis State needs at least one peer");

  const accounts = Vector.from([...governanceAccounts(governanceKey, genesisKey), coreAccount()]);
  let state = State.of(accounts, Index.EMPTY, globalsAt(options.timestamp), Index.EMPTY);
  state = deployLibrary(state, registry);
  state = deployLibrary(state, trust);
  state = register(state, REGISTRATIONS);
  state = evaluateAs(state, GOVERNANCE, CNS_BASE.map(readForm));
  const users = Vector.from(userAccounts(genesisKey, peerKeys));
  state = state.withAccounts(state.accounts.concat(users)).withPeers(peerIndex(peerKeys));
  state = register(state, USER_REGISTRATIONS);
  for (const library of STANDARD_LIBRARIES) state = publishLibrary(state, library);
  state = withReservedActors(state);
  checkSupply(state);
  return state;
}

function keyBlob(key: Uint8Array): Blob {
  if (key.length === KEY_LENGTH) return Blob.of(key.slice());
  throw new GenesisError(`A public key has ${KEY_LENGTH} bytes, not ${key.length}`);
}

function globalsAt(timestamp: number | undefined): Vector {
  const globals = initialGlobals();
  return timestamp === undefined ? globals : globals.assoc(GLOBAL.TIMESTAMP, timestamp);
}

function register(state: State, registrations: readonly Registration[]): State {
  return registrations.reduce((current, [account, name, description]) => {
    const metadata = `{:name ${JSON.stringify(name)} :description ${JSON.stringify(description)}}`;
    return evaluateAs(current, account, [readForm(`(call *registry* (register ${metadata}))`)]);
  }, state);
}

function peerIndex(peerKeys: readonly Blob[]): Index {
  const stakes = peerStakes(peerKeys.length);
  let peers = Index.EMPTY;
  peerKeys.forEach((key, i) => {
    if (peers.has(key)) throw new GenesisError("Two peers have the same public key");
    const controller = Address.of(Number(FIRST_CONTROLLER.value) + i);
    peers = peers.assoc(key, PeerStatus.create(controller, stakes[i] as Integer)) as Index;
  });
  return peers;
}

function withReservedActors(state: State): State {
  const count = FIRST_FREE_ADDRESS - state.accounts.count;
  if (count <= 0) return state;
  const actors = Array.from({ length: count }, reservedActor);
  return state.withAccounts(state.accounts.concat(Vector.from(actors)));
}

/** Every coin that can exist is somewhere. */
function checkSupply(state: State): void {
  let total = BigInt(state.memoryValue);
  for (let i = 0; i < state.accounts.count; i++) total += BigInt(state.account(i)?.balance ?? 0);
  for (const [key] of state.peers.entries()) total += BigInt(state.peer(key as Blob)?.balance ?? 0);
  if (total !== MAX_SUPPLY) throw new Error(`genesis holds ${total} copper, not ${MAX_SUPPLY}`);
}
