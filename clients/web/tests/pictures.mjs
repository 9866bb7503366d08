// Puts the pictures that the browser tests made into docs/images, small enough for git:
//
//   node clients/web/tests/pictures.mjs build/release/web-pictures
//
// Each is written anew with a palette of 256 colours, which screens of text do not miss.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 as zlibCrc32, deflateSync, inflateSync } from "node:zlib";

const KEPT = ["widget-desktop-light", "widget-desktop-dark", "widget-phone-light", "widget-phone-dark", "widget-source", "widget-rtl",
  "widget-human", "console-light", "quality-light", "supervisor-light", "supervisor-dark", "replay-report"];
const MOST_BYTES = 150 * 1024;

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
const crc = zlibCrc32 ?? ((bytes) => ~bytes.reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), ~0) >>> 0);

// PNG of 8-bit RGB or RGBA → { width, height, rgb }.
function decode(file) {
  const chunks = [];
  let width = 0, height = 0, channels = 0;
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      if (data[8] !== 8 || (data[9] !== 2 && data[9] !== 6)) throw new Error("not an 8-bit RGB picture");
      channels = data[9] === 2 ? 3 : 4;
    }
    if (type === "IDAT") chunks.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(chunks));
  const stride = width * channels;
  const rgb = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let x = 0; x < stride; x++) {
      const a = x >= channels ? line[x - channels] : 0;
      const b = above[x];
      const c = x >= channels ? above[x - channels] : 0;
      let guess = 0;
      if (filter === 1) guess = a;
      else if (filter === 2) guess = b;
      else if (filter === 3) guess = (a + b) >> 1;
      else if (filter === 4) {
        const p = a + b - c;
        const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
        guess = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      }
      line[x] = (line[x] + guess) & 255;
    }
    for (let x = 0; x < width; x++) line.copy(rgb, (y * width + x) * 3, x * channels, x * channels + 3);
    above = line;
  }
  return { width, height, rgb };
}

// 256 colours: the most frequent, then those that stand farthest from what was chosen (a small
// green dot is rare and must stay green); the rest by the nearest of them.
function encode({ width, height, rgb }) {
  const counts = new Map();
  for (let i = 0; i < rgb.length; i += 3) {
    const colour = (rgb[i] << 16) | (rgb[i + 1] << 8) | rgb[i + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]);
  const palette = byCount.slice(0, 160).map(([colour]) => colour);
  const apart = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  const rest = byCount.slice(160, 6000).map(([colour, count]) => ({ colour, count, far: Math.min(...palette.map((p) => apart(p, colour))) }));
  while (palette.length < 256 && rest.length > 0) {
    const next = rest.reduce((best, one) => (one.far * Math.sqrt(one.count) > best.far * Math.sqrt(best.count) ? one : best));
    if (next.far === 0) break;
    palette.push(next.colour);
    for (const one of rest) one.far = Math.min(one.far, apart(next.colour, one.colour));
  }
  const nearest = new Map(palette.map((colour, i) => [colour, i]));
  const find = (colour) => {
    let best = 0, least = Infinity;
    palette.forEach((p, i) => {
      const d = ((p >> 16) - (colour >> 16)) ** 2 + (((p >> 8) & 255) - ((colour >> 8) & 255)) ** 2 + ((p & 255) - (colour & 255)) ** 2;
      if (d < least) [best, least] = [i, d];
    });
    return best;
  };
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      const colour = (rgb[i] << 16) | (rgb[i + 1] << 8) | rgb[i + 2];
      let index = nearest.get(colour);
      if (index === undefined) nearest.set(colour, (index = find(colour)));
      lines[y * (width + 1) + 1 + x] = index;
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body) >>> 0, body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))),
    chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

const from = process.argv[2];
const to = join(dirname(fileURLToPath(import.meta.url)), "../../../docs/images");
if (!from) {
  console.error("usage: node pictures.mjs FOLDER_OF_THE_TESTS_PICTURES");
  process.exit(2);
}
mkdirSync(to, { recursive: true });
const there = new Set(readdirSync(from));
for (const name of KEPT) {
  if (!there.has(`${name}.png`)) throw new Error(`${name}.png is not in ${from}; run the browser tests first`);
  const bytes = encode(decode(readFileSync(join(from, `${name}.png`))));
  if (bytes.length > MOST_BYTES) throw new Error(`${name}.png has ${bytes.length} bytes, more than ${MOST_BYTES}`);
  writeFileSync(join(to, `${name}.png`), bytes);
  console.log(`${name}.png ${(bytes.length / 1024).toFixed(0)} KB`);
}
