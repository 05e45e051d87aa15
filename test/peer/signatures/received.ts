import { SignedData } from "../../../src/data/signed.ts";
import { keyPair, OTHER, transfer } from "../../transition/small-network.ts";

/** Transactions as they come over the wire, those at some places with a bad signature. */
export function received(count: number, bad: readonly number[] = []): SignedData[] {
  return Array.from({ length: count }, (_, i) => {
    const { publicKey, signature, value } = SignedData.sign(keyPair(1), transfer(OTHER, i + 1, 1));
    const bytes = Uint8Array.from(signature);
    if (bad.includes(i)) bytes[0] = (bytes[0] as number) ^ 1;
    return SignedData.of(publicKey, bytes, value);
  });
}

export function verdicts(all: readonly SignedData[]): (boolean | null)[] {
  return all.map(({ verified }) => verified);
}
