// Core functions of accounts: what they hold, and who controls them (sheet 02 §9, §19).

import { PUBLIC_KEY_LENGTH } from "../../crypto/ed25519.ts";
import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { isInteger } from "../../data/integer.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castAddress } from "./arguments.ts";

const ONE = { min: 1, max: 1 };
/** Bytes of the longest blob that can be an Address. */
const MAX_ADDRESS_BYTES = 8;

/** The Address of a callable target, `#n` or `[#n scope]`; null for anything else. */
export function targetAddress(value: Value): Address | null {
  if (value instanceof Address) return value;
  if (!(value instanceof Vector) || value.count !== 2) return null;
  const first = value.get(0);
  return first instanceof Address ? first : null;
}

function address(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (value instanceof Address) return ctx.withResult(JUICE.ADDRESS, value);
  if (value instanceof Vector && value.count > 0) {
    const first = value.get(0);
    if (first instanceof Address) return ctx.withResult(JUICE.ADDRESS, first);
  }
  if (value instanceof Blob) {
    const long = value.count > MAX_ADDRESS_BYTES ? -1 : value.longValue();
    return withAddress(ctx, Address.fromInteger(long), "Blob not convertible a valid Address");
  }
  if (!isInteger(value)) return ctx.castError(0, value, "Address");
  return withAddress(ctx, Address.fromInteger(value), "Integer value is not a valid Address");
}

function withAddress(ctx: Context, result: Address | null, message: string): Outcome {
  if (result === null) return ctx.fail(CODE.ARGUMENT, message);
  return ctx.withResult(JUICE.ADDRESS, result);
}

function account(ctx: Context, args: Value[]): Outcome {
  const target = castAddress(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  return ctx.withResult(JUICE.SIMPLE_FN, ctx.accountAt(target));
}

function balance(ctx: Context, args: Value[]): Outcome {
  const target = castAddress(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  return ctx.withResult(JUICE.BALANCE, ctx.accountAt(target)?.balance ?? null);
}

function setController(ctx: Context, args: Value[]): Outcome {
  const controller = args[0] as Value;
  if (controller !== null) {
    const target = targetAddress(controller);
    if (target === null) {
      return ctx.fail(CODE.CAST, "set-controller requires an Address or scoped Actor");
    }
    if (ctx.accountAt(target) === null) return noAccount(ctx, "set-controller");
  }
  ctx.setAccount(ctx.account().withController(controller));
  return ctx.withResult(JUICE.ASSOC, controller);
}

function noAccount(ctx: Context, name: string): typeof EXIT {
  return ctx.fail(CODE.NOBODY, `${name} requires an address for an existing account`);
}

function setParent(ctx: Context, args: Value[]): Outcome {
  const parent = args[0] as Value;
  if (parent !== null) {
    if (!(parent instanceof Address)) {
      return ctx.fail(CODE.CAST, "set-parent requires an Address or nil");
    }
    if (ctx.accountAt(parent) === null) return noAccount(ctx, "set-parent");
    if (parent.value === ctx.address.value) {
      return ctx.fail(CODE.ARGUMENT, "Can't set parent of account to itself!");
    }
  }
  ctx.setAccount(ctx.account().withParent(parent));
  return ctx.withResult(JUICE.ASSOC, parent);
}

/** Sets the public key; with nil the account becomes an actor. */
function setKey(ctx: Context, args: Value[]): Outcome {
  const key = args[0] as Value;
  if (key !== null) {
    if (!(key instanceof Blob)) return ctx.castValueError(key, "Blob");
    if (key.count !== PUBLIC_KEY_LENGTH) return ctx.fail(CODE.ARGUMENT, "Invalid key length");
  }
  ctx.setAccount(ctx.account().withKey(key));
  return ctx.withResult(JUICE.ASSOC, key);
}

export const ACCOUNT_FNS: readonly CoreFn[] = [
  coreFn(34, "address", ONE, address),
  coreFn(36, "account", ONE, account),
  coreFn(37, "balance", ONE, balance),
  coreFn(98, "set-controller", ONE, setController),
  coreFn(99, "set-parent", ONE, setParent),
  coreFn(100, "set-key", ONE, setKey),
];
