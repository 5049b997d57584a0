/** The hashes of a file, read piece by piece: however long it is, a few megabytes of it are in memory. */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** What names a content. */
export interface Hashes {
  sha256: string;
  sha1: string;
}

/** How much is read at a time. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/** Up to here the browser's own hashing, which cannot take a file in pieces, gets the whole of it. */
const WHOLE_BYTES = 8 * 1024 * 1024;

/**
 * Reads a file once. Throws what the browser says when it changed or went away meanwhile.
 *
 * The browser's own hashing is several times faster, and there only on secure pages.
 */
export async function digest(
  file: Blob,
  told: (bytes: number) => void = () => undefined,
  own: Pick<SubtleCrypto, "digest"> | undefined = globalThis.crypto?.subtle,
): Promise<Hashes> {
  if (own && file.size <= WHOLE_BYTES) {
    const bytes = await file.arrayBuffer();
    const [long, short] = await Promise.all([own.digest("SHA-256", bytes), own.digest("SHA-1", bytes)]);
    told(file.size);
    return { sha256: hex(new Uint8Array(long)), sha1: hex(new Uint8Array(short)) };
  }
  const [long, short] = [sha256.create(), sha1.create()];
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
    long.update(piece);
    short.update(piece);
    told(piece.length);
  }
  return { sha256: hex(long.digest()), sha1: hex(short.digest()) };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
