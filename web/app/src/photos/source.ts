import type { Hub } from "../api/hub";
import { type Photo, photosOf } from "./photo";

/** Most that the hub gives at once. */
const PAGE = 1000;

/** A part of a list that is fetched as one: a month, or a whole album. */
export interface Part {
  /** `2024-07`; `null` for what has no month. */
  month: string | null;
  count: number;
}

/** Where pictures come from. */
export interface Source {
  /** The parts, in the order that they are shown in. */
  parts(): Promise<Part[]>;
  /** All pictures of a part. */
  photos(part: Part): Promise<Photo[]>;
  /** Which part a picture is in, if it is in this list at all. */
  partOf(id: string): Promise<string | null | undefined>;
}

/** The pictures of all Spaces, or of one, by the months of their takers. */
export class TimelineSource implements Source {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async parts(): Promise<Part[]> {
    const months = await this.#hub.call((api) => api.GET("/api/v1/timeline"));
    return months.items.map(({ month, assets }) => ({ month: month ?? null, count: assets }));
  }

  photos(part: Part): Promise<Photo[]> {
    const path = { month: part.month ?? "none" };
    return allPages((after) =>
      this.#hub.call((api) =>
        api.GET("/api/v1/timeline/{month}", { params: { path, query: { after, limit: PAGE } } }),
      ),
    );
  }

  async partOf(id: string): Promise<string | null | undefined> {
    const facts = await this.#hub.call((api) =>
      api.GET("/api/v1/assets/{id}/facts", { params: { path: { id } } }),
    );
    if (facts.taken) return new Date(facts.taken.local_ms).toISOString().slice(0, 7);
    const asset = await this.#hub.call((api) => api.GET("/api/v1/assets/{id}", { params: { path: { id } } }));
    return new Date(asset.taken_at_ms).toISOString().slice(0, 7);
  }
}

/** The pictures of an album, as one part. */
export class AlbumSource implements Source {
  readonly #hub: Hub;
  readonly #id: string;

  constructor(hub: Hub, id: string) {
    this.#hub = hub;
    this.#id = id;
  }

  async parts(): Promise<Part[]> {
    const path = { id: this.#id };
    const album = await this.#hub.call((api) => api.GET("/api/v1/albums/{id}", { params: { path } }));
    return album.asset_count > 0 ? [{ month: null, count: album.asset_count }] : [];
  }

  photos(): Promise<Photo[]> {
    const path = { id: this.#id };
    return allPages((after) =>
      this.#hub.call((api) =>
        api.GET("/api/v1/albums/{id}/timeline", { params: { path, query: { after, limit: PAGE } } }),
      ),
    );
  }

  partOf(): Promise<null> {
    return Promise.resolve(null);
  }
}

async function allPages(
  page: (after: string | undefined) => Promise<Parameters<typeof photosOf>[0]>,
): Promise<Photo[]> {
  const photos: Photo[] = [];
  let after: string | undefined;
  do {
    const found = await page(after);
    photos.push(...photosOf(found));
    after = found.next ?? undefined;
  } while (after !== undefined);
  return photos;
}
