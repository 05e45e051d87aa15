// Tools around accounts: what they are, have and define, names, and new ones from the faucet.

import * as v from "valibot";
import { toHex } from "../../crypto/hex.ts";
import { Address } from "../../data/address.ts";
import type { Integer } from "../../data/cell.ts";
import { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { FAUCET_COST } from "../access/access.ts";
import { cappedAmount, type Faucet } from "../faucet.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { accountFields } from "../routes/accounts.ts";
import {
  accountOf,
  address,
  amountOf,
  formOf,
  keyOf,
  keysOf,
  optionalController,
  optionalText,
  optionalToken,
  symbolOf,
  text,
} from "./arguments.ts";
import { printed } from "./chain-tools.ts";
import { exactJson } from "./exact-json.ts";
import { valueAt } from "./state-path.ts";
import { answer, READS_STATE, resultAnswer, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

function requireAccount(peer: PeerApi, found: Address) {
  const account = peer.state().account(found);
  if (account !== null) return account;
  throw new ToolError(`The account does not exist: #${found.value}`);
}

const describeAccount = tool({
  name: "describeAccount",
  title: "Describe an account",
  description: "Balance, sequence, key and the like, and the metadata of what it defines.",
  input: v.object({ address: address("describeAccount requires 'address'") }),
  annotations: READS_STATE,
  call: async ({ address }, { peer }) => {
    const found = await accountOf(peer, address);
    const account = requireAccount(peer, found);
    const { content } = answer([["metadata", printed(account.metadata ?? CVMMap.EMPTY)]]);
    const info = accountFields(found, account).map(([name, value]) => [name, exactJson(value)]);
    return { content: { ...content, accountInfo: Object.fromEntries(info) }, isError: false };
  },
});

const lookup = tool({
  name: "lookup",
  title: "Look up a symbol",
  description: [
    "What an account defines under a symbol: the value printed, and its metadata. Where a path",
    "leads nowhere in the value, nil.",
  ].join(" "),
  input: v.object({
    address: address("lookup requires 'address'"),
    symbol: text("lookup requires 'symbol' string", "e.g. transfer"),
    getPath: optionalText("getPath", "Vector of keys into the value, e.g. [:a 0]"),
  }),
  annotations: READS_STATE,
  call: async ({ address, symbol, getPath }, { peer }) => {
    const account = requireAccount(peer, await accountOf(peer, address));
    const name = symbolOf(symbol);
    const path = getPath == null ? Vector.EMPTY : keysOf(getPath, "getPath");
    const value = account.environment?.get(name);
    if (value === undefined) return answer([["exists", false]]);
    const meta = account.metadata?.get(name) ?? CVMMap.EMPTY;
    return answer([
      ["exists", true],
      ["value", printed(valueAt(value, path) ?? null)],
      ["meta", printed(meta)],
    ]);
  },
});

/** Parts of a CNS record (sheet of the libraries §7). */
const RECORD_PARTS = ["value", "controller", "meta", "child"];

const resolveCns = tool({
  name: "resolveCNS",
  title: "Resolve a CNS name",
  description: "The record of a name of the Convex Name System.",
  input: v.object({ name: text("resolveCNS requires 'name' string", "e.g. convex.core") }),
  annotations: READS_STATE,
  call: async ({ name }, { peer }) => {
    const symbol = symbolOf(name.trim().replace(/^@/, ""));
    const form = formOf(`(*registry*/read '${symbol.name})`, "Not a name");
    const { result, error } = await peer.query(form, null);
    if (error !== null || !(result instanceof Vector) || result.count < RECORD_PARTS.length) {
      return answer([["exists", false]]);
    }
    const parts = RECORD_PARTS.map((part, i) => [part, printed(result.get(i))] as const);
    return answer([["exists", true], ...parts]);
  },
});

async function tokenBalance(peer: PacedPeer, holder: Address, token: string): Promise<ToolAnswer> {
  const asset = await accountOf(peer, token);
  const source = `(@convex.fungible/balance #${asset.value} #${holder.value})`;
  const result = await peer.query(formOf(source, "balance"), null);
  if (result.isError) return resultAnswer(peer, result);
  return answer([
    ["address", holder],
    ["balance", result.result],
    ["token", asset],
  ]);
}

const getBalance = tool({
  name: "getBalance",
  title: "Balance of an account",
  description: "Coins of an account in copper (1,000,000,000 are one coin), or units of a token.",
  input: v.object({
    address: address("getBalance requires 'address'"),
    token: optionalToken(),
  }),
  annotations: READS_STATE,
  call: async ({ address, token }, { peer }) => {
    const found = await accountOf(peer, address);
    if (token != null) return tokenBalance(peer, found, token);
    const { balance } = requireAccount(peer, found);
    return answer([
      ["address", found],
      ["balance", balance],
    ]);
  },
});

/** What makes an account with a key and a controller, which is the faucet's by default. */
async function creation(peer: PeerApi, faucet: Faucet, key: Uint8Array, controller: string) {
  const hex = `0x${toHex(key)}`;
  if (controller === "nil") return `(create-account ${hex})`;
  const by = controller === "*caller*" ? faucet.address : await accountOf(peer, controller);
  return `(deploy '(do (set-key ${hex}) (set-controller #${by.value})))`;
}

/** The same with coins, or no account where these can't be given. */
const funded = (source: string, amount: Integer) =>
  `(let [addr ${source}] (transfer addr ${amount}) addr)`;

const createAccount = tool({
  name: "createAccount",
  title: "Create an account",
  description: "Creates an account with a public key, paid by the faucet of a test network.",
  input: v.object({
    accountKey: text("createAccount requires 'accountKey' string", "Ed25519 public key in hex"),
    faucet: v.nullish(
      v.pipe(
        v.union([v.number(), v.string(), v.bigint()], "'faucet' must be an integer of copper"),
        v.metadata({ description: "Copper that it begins with, at most one coin" }),
      ),
    ),
    controller: optionalController(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  cost: FAUCET_COST,
  call: async ({ accountKey, faucet: given, controller }, { peer, faucet }) => {
    if (faucet === null) throw new ToolError("Faucet use not authorised on this server");
    const key = keyOf(accountKey, "accountKey");
    const amount = given == null ? null : cappedAmount(amountOf(given, "faucet"));
    const source = await creation(peer, faucet, key, controller ?? "*caller*");
    const whole = amount === null ? source : funded(source, amount);
    const result = await faucet.invoke(formOf(whole, "createAccount"));
    if (!(result.result instanceof Address)) return resultAnswer(peer, result);
    return answer([
      ["address", result.result],
      ["info", result.info],
    ]);
  },
});

export const ACCOUNT_TOOLS: readonly Tool[] = [
  describeAccount,
  lookup,
  resolveCns,
  getBalance,
  createAccount,
];
