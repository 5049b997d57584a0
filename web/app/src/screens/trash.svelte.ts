import type { Hub, Schemas } from "../api/hub";

/** Something that was deleted, with all that went with it. */
export type Deleted = Schemas["TrashedEntry"];

/** The trash of one Space, as far as it was looked at. */
interface SpaceTrash {
  space: Schemas["Space"];
  items: Deleted[];
  next: string | null | undefined;
}

/** The trash of every Space. */
export class TrashList {
  spaces = $state.raw<SpaceTrash[]>([]);
  #opened = $state(false);
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  readonly isEmpty: boolean = $derived(this.#opened && this.spaces.every(({ items }) => items.length === 0));

  async open(): Promise<void> {
    const { items: spaces } = await this.#hub.call((api) => api.GET("/api/v1/spaces"));
    this.spaces = await Promise.all(
      spaces.map(async (space) => {
        const { items, next } = await this.#page(space.id);
        return { space, items, next };
      }),
    );
    this.#opened = true;
  }

  async more(spaceId: string): Promise<void> {
    const before = this.spaces.find(({ space }) => space.id === spaceId);
    if (!before?.next) return;
    const page = await this.#page(spaceId, before.next);
    this.#replace(spaceId, (items) => [...items, ...page.items], page.next ?? null);
  }

  async restore(item: Deleted): Promise<void> {
    const params = { path: { id: item.id } };
    await this.#hub.call((api) => api.POST("/api/v1/trash/{id}/restore", { params }));
    this.#drop(item);
  }

  async purge(item: Deleted): Promise<void> {
    const params = { path: { id: item.id } };
    await this.#hub.call((api) => api.DELETE("/api/v1/trash/{id}", { params }));
    this.#drop(item);
  }

  #page(spaceId: string, after?: string) {
    const params = { path: { id: spaceId }, query: { after } };
    return this.#hub.call((api) => api.GET("/api/v1/spaces/{id}/trash", { params }));
  }

  #drop(item: Deleted): void {
    this.#replace(item.space_id, (items) => items.filter((one) => one.id !== item.id));
  }

  #replace(spaceId: string, change: (items: Deleted[]) => Deleted[], next?: string | null): void {
    this.spaces = this.spaces.map((one) =>
      one.space.id === spaceId
        ? { ...one, items: change(one.items), next: next === undefined ? one.next : next }
        : one,
    );
  }
}
