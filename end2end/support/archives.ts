// Tar archives of a few small files (POSIX.1-1988 “ustar”), the same bytes each time.
import { Buffer } from "node:buffer";

export interface Entry {
  name: string;
  content: Buffer | string;
  /** An executable file, where others are plain. */
  executable?: boolean;
}

const BLOCK = 512;

export function tar(entries: Entry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content);
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: Entry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (number: number, digits: number) => `${number.toString(8).padStart(digits, "0")}\0`;
  block.write(entry.name, 0);
  block.write(octal(entry.executable ? 0o755 : 0o644, 7), 100);
  block.write(octal(0, 7), 108); // owner
  block.write(octal(0, 7), 116); // group
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // changed at the epoch
  block.write(" ".repeat(8), 148); // the checksum counts itself as blanks
  block.write("0", 156); // a file
  block.write("ustar\x0000", 257);
  const sum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(sum, 6)} `, 148);
  return block;
}
