// Deployment of the libraries from their sources, in the order of sheet 03 §5.2.

import { CORE_ADDRESS } from "../cvm/account/core-symbols.ts";
import { readForm } from "../cvm/compile/read-form.ts";
import { Address } from "../data/address.ts";
import { Vector } from "../data/vector.ts";
import type { State } from "../state/state.ts";
import { coreAccount } from "./core-environment.ts";
import { withCurrencies } from "./currencies.ts";
import { evaluateAs } from "./evaluate.ts";
import {
  ADMIN,
  FIRST_CONTROLLER,
  FIRST_FREE_ADDRESS,
  FOUNDATION,
  GENESIS_USER,
  GOVERNANCE,
  reservedActor,
} from "./layout.ts";
import asset from "./lib/asset.cvx" with { type: "text" };
import box from "./lib/box.cvx" with { type: "text" };
import boxActor from "./lib/box-actor.cvx" with { type: "text" };
import delegate from "./lib/delegate.cvx" with { type: "text" };
import fungible from "./lib/fungible.cvx" with { type: "text" };
import governance from "./lib/governance.cvx" with { type: "text" };
import monitors from "./lib/monitors.cvx" with { type: "text" };
import multiToken from "./lib/multi-token.cvx" with { type: "text" };
import nftBasic from "./lib/nft-basic.cvx" with { type: "text" };
import nftSimple from "./lib/nft-simple.cvx" with { type: "text" };
import ownershipMonitor from "./lib/ownership-monitor.cvx" with { type: "text" };
import registry from "./lib/registry.cvx" with { type: "text" };
import torus from "./lib/torus.cvx" with { type: "text" };
import trust from "./lib/trust.cvx" with { type: "text" };
import whitelist from "./lib/whitelist.cvx" with { type: "text" };
import wrapConvex from "./lib/wrap-convex.cvx" with { type: "text" };
import { deployLibrary, publishLibrary } from "./library.ts";

/** Sources of the standard libraries, in the order of their addresses. */
const STANDARD_LIBRARIES: readonly string[] = [
  fungible,
  asset,
  torus,
  nftSimple,
  nftBasic,
  boxActor,
  box,
  multiToken,
  wrapConvex,
  ownershipMonitor,
  delegate,
  whitelist,
  monitors,
  governance,
];

const RESERVE = Address.of(3);
const UNRELEASED = Address.of(4);
const DISTRIBUTION = Address.of(5);

/** What accounts say of themselves in the registry: address, name, description. */
type Registration = readonly [account: Address, name: string, description: string];

const REGISTRATIONS: readonly Registration[] = [
  [CORE_ADDRESS, "Convex Core Library", "Core library accessible by default in any account"],
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
 * The State with all libraries, for one that has the accounts up to #7.
 * @param withUsers adds the accounts from #11 on, and the peers
 * @throws GenesisError when a source fails
 */
export function withLibraries(bare: State, withUsers: (state: State) => State): State {
  let state = bare.withAccounts(bare.accounts.append(coreAccount()));
  state = deployLibrary(state, registry);
  state = deployLibrary(state, trust);
  state = register(state, REGISTRATIONS);
  state = evaluateAs(state, GOVERNANCE, CNS_BASE.map(readForm));
  state = register(withUsers(state), USER_REGISTRATIONS);
  for (const library of STANDARD_LIBRARIES) state = publishLibrary(state, library);
  return withCurrencies(withReservedActors(state));
}

function register(state: State, registrations: readonly Registration[]): State {
  return registrations.reduce((current, [account, name, description]) => {
    const metadata = `{:name ${JSON.stringify(name)} :description ${JSON.stringify(description)}}`;
    return evaluateAs(current, account, [readForm(`(call *registry* (register ${metadata}))`)]);
  }, state);
}

function withReservedActors(state: State): State {
  const count = FIRST_FREE_ADDRESS - state.accounts.count;
  if (count <= 0) return state;
  const actors = Array.from({ length: count }, reservedActor);
  return state.withAccounts(state.accounts.concat(Vector.from(actors)));
}
