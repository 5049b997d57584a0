import type { Hub, Schemas } from "../api/hub";
import { type Standing, standing } from "../lib/protection";
import { type Photo, photosOf } from "../photos/photo";

/** How often home asks again, in milliseconds. */
const ASK_AGAIN_MS = 30_000;

/** Pictures in the row of the latest. */
const RECENT = 24;

/** What home shows. */
export class Overview {
  protection = $state.raw<Schemas["Protection"]>();
  devices = $state.raw<Schemas["Device"][]>();
  spaces = $state.raw<Schemas["Space"][]>([]);
  recent = $state.raw<Photo[]>([]);
  opened = $state(false);
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  readonly standing: Standing = $derived(standing(this.protection, this.devices));

  /** Asks now and from time to time; answers how to stop. */
  keep(): () => void {
    void this.#ask();
    const timer = setInterval(() => !document.hidden && void this.#ask(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }

  /** One part that cannot be had must not hide the others, and never leave an old "safe" standing. */
  async #ask(): Promise<void> {
    const hub = this.#hub;
    const query = { limit: 1000 };
    const [protection, devices, spaces, recent] = await Promise.allSettled([
      hub.call((api) => api.GET("/api/v1/protection")),
      hub.call((api) => api.GET("/api/v1/devices", { params: { query } })),
      hub.call((api) => api.GET("/api/v1/spaces")),
      this.#newest(),
    ]);
    this.protection = protection.status === "fulfilled" ? protection.value : undefined;
    this.devices = devices.status === "fulfilled" ? devices.value.items : undefined;
    if (spaces.status === "fulfilled") this.spaces = spaces.value.items.toSorted(ownFirst);
    if (recent.status === "fulfilled") this.recent = recent.value;
    this.opened = true;
  }

  async #newest(): Promise<Photo[]> {
    const hub = this.#hub;
    const months = await hub.call((api) => api.GET("/api/v1/timeline"));
    const photos: Photo[] = [];
    for (const { month } of months.items) {
      if (photos.length >= RECENT) break;
      const params = { path: { month: month ?? "none" }, query: { limit: RECENT - photos.length } };
      const page = await hub.call((api) => api.GET("/api/v1/timeline/{month}", { params }));
      photos.push(...photosOf(page));
    }
    return photos;
  }
}

/** One's own Space stands before everybody's and the groups'. */
function ownFirst(a: Schemas["Space"], b: Schemas["Space"]): number {
  const rank = ({ kind }: Schemas["Space"]) => ["my", "public", "group"].indexOf(kind);
  return rank(a) - rank(b);
}
