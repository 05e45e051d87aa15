// The picture that stands for a key (sheet 05 §1.11): 7 × 7 pixels in four colours taken from its
// last twelve bytes, mirrored. Columns 2 and 4 show the first cell of the next row, as the
// reference's do.

export const IDENTICON_SIZE = 7;

const COLOURS = 4;
const COLOUR_BYTES = 3;
/** Columns that are drawn; the others mirror them. */
const COLUMNS = 4;
const RED_TOP_BIT = 0x800000;

/** Four colours as 0xRRGGBB; short data is gone through again. */
function coloursOf(data: Uint8Array): number[] {
  const start = data.length - COLOURS * COLOUR_BYTES;
  const byteAt = (i: number) => {
    const { length } = data;
    return data[(((start + i) % length) + length) % length] as number;
  };
  return Array.from({ length: COLOURS }, (_, i) => {
    const [r, g, b] = [byteAt(3 * i), byteAt(3 * i + 1), byteAt(3 * i + 2)];
    return ((r << 16) | (g << 8) | b) ^ RED_TOP_BIT;
  });
}

/** Pixels as 0xRRGGBB, row by row. @param data at least one byte */
export function identiconPixels(data: Uint8Array): number[] {
  const colours = coloursOf(data);
  const pixels = new Array<number>(IDENTICON_SIZE * IDENTICON_SIZE).fill(0);
  for (let y = 0; y < IDENTICON_SIZE; y++) {
    for (let x = 0; x <= COLUMNS; x++) {
      const i = x + COLUMNS * y;
      const byte = data[i >> 2];
      if (byte === undefined) break;
      const colour = colours[(byte >> (6 - 2 * (i & 3))) & 3] as number;
      pixels[y * IDENTICON_SIZE + x] = colour;
      pixels[y * IDENTICON_SIZE + IDENTICON_SIZE - 1 - x] = colour;
    }
  }
  return pixels;
}
