import { thumbHashToDataURL } from "thumbhash";

/** More are not kept: a miniature is made again in a fraction of a millisecond. */
const KEPT_MAX = 3000;

const kept = new Map<string, string>();

/** The blurred miniature as an address that an image can show. */
export function miniature(hash: string): string {
  const known = kept.get(hash);
  if (known !== undefined) return known;
  let address = "";
  try {
    const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
    address = thumbHashToDataURL(bytes);
  } catch {
    // Not one that we can read: the picture comes without.
  }
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(hash, address);
  return address;
}
