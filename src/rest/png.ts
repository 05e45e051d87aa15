// PNG files of 24-bit pixels without filters (RFC 2083).

import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const TRUE_COLOUR = 2;
const BITS_PER_CHANNEL = 8;

function chunk(type: string, content: Uint8Array): Buffer {
  const buffer = Buffer.alloc(content.length + 12);
  buffer.writeUInt32BE(content.length, 0);
  buffer.write(type, 4, "latin1");
  buffer.set(content, 8);
  buffer.writeUInt32BE(crc32(buffer.subarray(4, content.length + 8)), content.length + 8);
  return buffer;
}

/** @param pixels width × height colours as 0xRRGGBB, row by row */
export function encodePng(pixels: readonly number[], width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = BITS_PER_CHANNEL;
  header[9] = TRUE_COLOUR;
  const stride = 1 + 3 * width;
  const rows = Buffer.alloc(stride * height);
  pixels.forEach((colour, i) => {
    const row = Math.floor(i / width);
    rows.writeUIntBE(colour, row * stride + 1 + 3 * (i % width), 3);
  });
  const parts = [
    Buffer.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat(parts);
}
