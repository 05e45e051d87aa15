// The few instructions of WebAssembly that the field arithmetic needs, and a module of functions
// made of them (WebAssembly core specification, binary format; wide arithmetic proposal for
// products of 128 bits).

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const I32 = 0x7f;
const I64 = 0x7e;
const SECTION = { TYPE: 1, FUNCTION: 3, MEMORY: 5, EXPORT: 7, CODE: 10 } as const;
const EXPORTED_FUNCTION = 0;
const EXPORTED_MEMORY = 2;
const NO_RESULT = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
    if (isLast) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

function counted(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/**
 * The body of a function whose parameters are pointers or numbers of 32 bits; locals are of 64
 * bits.
 */
export class Code {
  readonly parameters: number;
  readonly bytes: number[] = [];
  #locals = 0;

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  get locals(): number {
    return this.#locals;
  }

  #add(...bytes: number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  /** Index of a new local. */
  local(): number {
    return this.parameters + this.#locals++;
  }
  get(index: number): this {
    return this.#add(0x20, ...unsigned(index));
  }
  set(index: number): this {
    return this.#add(0x21, ...unsigned(index));
  }
  int(value: number): this {
    return this.#add(0x41, ...signed(BigInt(value)));
  }
  long(value: bigint): this {
    return this.#add(0x42, ...signed(BigInt.asIntN(64, value)));
  }
  /** A word at the address on the stack and an offset. */
  load(offset = 0): this {
    return this.#add(0x29, 3, ...unsigned(offset));
  }
  store(offset = 0): this {
    return this.#add(0x37, 3, ...unsigned(offset));
  }
  add(): this {
    return this.#add(0x7c);
  }
  sub(): this {
    return this.#add(0x7d);
  }
  mul(): this {
    return this.#add(0x7e);
  }
  and(): this {
    return this.#add(0x83);
  }
  or(): this {
    return this.#add(0x84);
  }
  shl(bits: number): this {
    return this.long(BigInt(bits)).#add(0x86);
  }
  shr(bits: number): this {
    return this.long(BigInt(bits)).#add(0x88);
  }
  isZero(): this {
    return this.#add(0x50);
  }
  /** Of two words their product of two words, low one first. */
  mulWide(): this {
    return this.#add(0xfc, 0x16);
  }
  /** Of two times two words, low ones first, their sum. */
  addWide(): this {
    return this.#add(0xfc, 0x13);
  }
  addInt(): this {
    return this.#add(0x6a);
  }
  subInt(): this {
    return this.#add(0x6b);
  }
  andInt(): this {
    return this.#add(0x71);
  }
  notInt(): this {
    return this.#add(0x45);
  }
  /** A word's low half as a number of 32 bits. */
  wrap(): this {
    return this.#add(0xa7);
  }
  call(index: number): this {
    return this.#add(0x10, ...unsigned(index));
  }
  /** Does the body as long as it leaves something other than 0. */
  loopWhile(body: () => void): this {
    this.#add(0x03, NO_RESULT);
    body();
    return this.#add(0x0d, 0x00, 0x0b);
  }
  ifNotZero(body: () => void): this {
    this.#add(0x04, NO_RESULT);
    body();
    return this.#add(0x0b);
  }
}

interface Definition {
  readonly name: string;
  readonly code: Code;
  readonly hasResult: boolean;
}

/** A module without imports, with one memory. */
export class WasmModule {
  readonly #definitions: Definition[] = [];
  readonly #pages: number;

  /** @param pages of 64 KB */
  constructor(pages: number) {
    this.#pages = pages;
  }

  /**
   * Adds a function of so many numbers of 32 bits, perhaps with one as result; answers its index.
   */
  define(name: string, parameters: number, write: (code: Code) => void, hasResult = false): number {
    const code = new Code(parameters);
    write(code);
    this.#definitions.push({ name, code, hasResult });
    return this.#definitions.length - 1;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    const all = this.#definitions;
    const types = all.map(({ code, hasResult }) => [
      0x60,
      ...counted(Array(code.parameters).fill([I32])),
      ...counted(hasResult ? [[I32]] : []),
    ]);
    const exported = all.map(({ name }, i) => [...nameOf(name), EXPORTED_FUNCTION, ...unsigned(i)]);
    const bodies = all.map(({ code }) => {
      const locals = counted(code.locals === 0 ? [] : [[...unsigned(code.locals), I64]]);
      const body = [...locals, ...code.bytes, 0x0b];
      return [...unsigned(body.length), ...body];
    });
    return Uint8Array.from([
      ...MAGIC,
      ...section(SECTION.TYPE, types),
      ...section(
        SECTION.FUNCTION,
        all.map((_, i) => unsigned(i)),
      ),
      ...section(SECTION.MEMORY, [[0x00, ...unsigned(this.#pages)]]),
      ...section(SECTION.EXPORT, [...exported, [...nameOf("memory"), EXPORTED_MEMORY, 0]]),
      ...section(SECTION.CODE, bodies),
    ]);
  }
}

function nameOf(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = counted(items);
  return [id, ...unsigned(content.length), ...content];
}
