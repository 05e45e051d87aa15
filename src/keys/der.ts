// The little of ASN.1 that key containers need: reading with bounds, and one error for whatever a
// damaged or hostile file holds; writing.

import {
  type AsnType,
  BmpString,
  Constructed,
  fromBER,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
  Set as SetOf,
} from "asn1js";

const DEPTH_MAX = 20;
const NODES_MAX = 20_000;
/** Class of the tags written `[n]`. */
const CONTEXT_CLASS = 3;

export type Der = AsnType;

/** Bytes that are not what the format asks for. */
export class DerError extends Error {}

/** One value that takes up all the bytes. @throws DerError */
export function readDer(bytes: Uint8Array): Der {
  let parsed: ReturnType<typeof fromBER>;
  try {
    parsed = fromBER(new Uint8Array(bytes), {
      maxDepth: DEPTH_MAX,
      maxNodes: NODES_MAX,
      parseEmbedded: false,
    });
  } catch {
    throw new DerError("not ASN.1");
  }
  if (parsed.offset !== bytes.length) throw new DerError("not one whole ASN.1 value");
  return parsed.result;
}

function membersOf(value: Der, least: number): readonly Der[] {
  const { valueBlock } = value;
  const members = "value" in valueBlock ? valueBlock.value : null;
  if (Array.isArray(members) && members.length >= least) return members as Der[];
  throw new DerError(`expected at least ${least} members`);
}

/** Members of a SEQUENCE. @throws DerError */
export function sequenceOf(value: Der | undefined, least: number): readonly Der[] {
  if (value instanceof Sequence) return membersOf(value, least);
  throw new DerError("expected a SEQUENCE");
}

/** Members of a SET. @throws DerError */
export function setOf(value: Der | undefined): readonly Der[] {
  if (value instanceof SetOf) return membersOf(value, 0);
  throw new DerError("expected a SET");
}

/** Members of the constructed value tagged `[tag]`. @throws DerError */
export function contextOf(value: Der | undefined, tag: number): readonly Der[] {
  if (value !== undefined && isContext(value, tag) && value instanceof Constructed) {
    return membersOf(value, 1);
  }
  throw new DerError(`expected [${tag}]`);
}

/** Whether the value is tagged `[tag]`, whatever it holds. */
function isContext(value: Der, tag: number): boolean {
  return value.idBlock.tagClass === CONTEXT_CLASS && value.idBlock.tagNumber === tag;
}

/** @throws DerError */
export function oidOf(value: Der | undefined): string {
  if (value instanceof ObjectIdentifier) return value.getValue();
  throw new DerError("expected an OBJECT IDENTIFIER");
}

/** A copy of the bytes of an OCTET STRING. @throws DerError */
export function octetsOf(value: Der | undefined): Uint8Array {
  if (value instanceof OctetString) return new Uint8Array(value.getValue()).slice();
  throw new DerError("expected an OCTET STRING");
}

/** An INTEGER from 0 to max. @throws DerError */
export function integerOf(value: Der | undefined, max: number): number {
  if (value instanceof Integer) {
    const number = value.toBigInt();
    if (number >= 0n && number <= BigInt(max)) return Number(number);
  }
  throw new DerError(`expected an INTEGER from 0 to ${max}`);
}

/** Whether it is an INTEGER of any size, absent ones not; `integerOf` reads it. */
export function isInteger(value: Der | undefined): boolean {
  return value instanceof Integer;
}

/** The text of a BMPString. @throws DerError */
export function bmpOf(value: Der | undefined): string {
  if (value instanceof BmpString) return value.getValue();
  throw new DerError("expected a BMPString");
}

/** The bytes the value was read from. */
export function rawOf(value: Der): Uint8Array {
  return value.valueBeforeDecodeView;
}

/**
 * Bytes of a value with tag and length, as the functions below make it: definite lengths, which DER
 * asks for.
 */
export function toDer(value: Der): Uint8Array {
  return new Uint8Array(value.toBER());
}

/** A SEQUENCE of members in this order. */
export function sequence(...value: Der[]): Der {
  return new Sequence({ value });
}

/** A SET of members in the order given; DER wants them sorted, which is the caller's affair. */
export function set(...value: Der[]): Der {
  return new SetOf({ value });
}

/** Members under a constructed `[tag]`. */
export function context(tag: number, ...value: Der[]): Der {
  return new Constructed({ idBlock: { tagClass: CONTEXT_CLASS, tagNumber: tag }, value });
}

/**
 * An OBJECT IDENTIFIER.
 * @param value numbers with dots between them
 */
export function oid(value: string): Der {
  return new ObjectIdentifier({ value });
}

/** An OCTET STRING of a copy of the bytes. */
export function octets(bytes: Uint8Array): Der {
  return new OctetString({ valueHex: new Uint8Array(bytes) });
}

/** An INTEGER: a version, a count. `value` is a safe integer. */
export function integer(value: number): Der {
  return new Integer({ value });
}

/** NULL, as the parameters of an algorithm that has none. */
export function nothing(): Der {
  return new Null();
}

/** A BMPString: two bytes a UTF-16 unit, as PKCS#12 has friendly names. */
export function bmp(value: string): Der {
  return new BmpString({ value });
}
