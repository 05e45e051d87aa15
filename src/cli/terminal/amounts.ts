// Amounts of money as people type and read them: CVM coins, or copper where they say so.

import type { Integer } from "../../data/cell.ts";
import { integer } from "../../data/integer.ts";
import { DECIMALS, GOLD, MAX_SUPPLY } from "../../state/constants.ts";

const COINS = /^(\d+)(?:\.(\d+))?\s*(?:cvm)?$/i;
const COPPER = /^(\d+)\s*copper$/i;
const GROUP = /\B(?=(\d{3})+(?!\d))/g;

/**
 * Copper of an amount: `1000`, `0.5` and `1_000cvm` are CVM coins, `500copper` is copper.
 * @throws Error saying what was expected
 */
export function parseAmount(text: string): Integer {
  const plain = text.trim().replaceAll("_", "");
  const copper = copperOf(plain);
  if (copper !== null && copper <= MAX_SUPPLY) return integer(copper);
  if (copper !== null)
    throw new Error(
      `expected at most all coins there are, ${coinsText(integer(MAX_SUPPLY))}, found '${text}'`,
    );
  const expected = "expected CVM coins with at most 9 decimals (1000, 0.5), or copper (500copper)";
  throw new Error(`${expected}, found '${text}'`);
}

function copperOf(text: string): bigint | null {
  const copper = COPPER.exec(text)?.[1];
  if (copper !== undefined) return BigInt(copper);
  const [, whole, fraction = ""] = COINS.exec(text) ?? [];
  if (whole === undefined || fraction.length > DECIMALS) return null;
  return BigInt(whole) * BigInt(GOLD) + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** `1,000.5 CVM`: exact, without zeros at the end. */
export function coinsText(copper: Integer): string {
  const amount = BigInt(copper);
  const sign = amount < 0n ? "-" : "";
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % BigInt(GOLD)).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  const whole = grouped(size / BigInt(GOLD));
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`} CVM`;
}

/** `1 peer`, `2 peers`. */
export function countText(count: number, one: string): string {
  return `${grouped(count)} ${count === 1 ? one : `${one}s`}`;
}

/** Digits in groups of three. */
export function grouped(value: Integer): string {
  return value.toString().replace(GROUP, ",");
}
