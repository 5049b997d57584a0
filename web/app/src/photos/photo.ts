import type { Schemas } from "../api/hub";

/** As much of a picture or video as a list shows. */
export interface Photo {
  id: string;
  kind: Schemas["AssetKind"];
  /** What the taker's clock showed, as if it showed UTC. */
  localMs: number;
  /** Width by height; `null` until the hub has looked. */
  ratio: number | null;
  durationMs: number | null;
  /** A blurred miniature, in base64. */
  thumbhash: string | null;
  /** Goes into the address of its thumbnail; `null` while there is none. */
  version: string | null;
}

/** A page of columns as the hub sends it, as rows. */
export function photosOf(page: Schemas["TimelinePage"]): Photo[] {
  return page.id.map((id, at) => ({
    id,
    kind: page.kind[at] ?? "picture",
    localMs: page.local_ms[at] ?? 0,
    ratio: page.ratio[at] ?? null,
    durationMs: page.duration_ms[at] ?? null,
    thumbhash: page.thumbhash[at] ?? null,
    version: page.version[at] ?? null,
  }));
}
