import type { Hub, Schemas } from "../api/hub";
import { everyPage } from "../api/pages";

export type Space = Schemas["Space"];
export type SpaceMember = Schemas["SpaceMember"];

/** All Spaces that the caller can see; the hub answers them at once. */
export async function spacesOf(hub: Hub): Promise<Space[]> {
  return (await hub.call((api) => api.GET("/api/v1/spaces"))).items;
}

/** One Space and who is in it. */
export class SpaceWithMembers {
  space = $state.raw<Space>();
  members = $state.raw<SpaceMember[]>([]);
  /** People of this hub who are not in it. Everybody is a member of the Public Space. */
  others = $state.raw<SpaceMember[]>([]);
  missing = $state(false);
  readonly #hub: Hub;
  readonly #id: string;

  constructor(hub: Hub, id: string) {
    this.#hub = hub;
    this.#id = id;
  }

  async open(): Promise<void> {
    const spaces = await spacesOf(this.#hub);
    this.space = spaces.find(({ id }) => id === this.#id);
    this.missing = !this.space;
    if (!this.space) return;
    this.members = await this.#membersOf(this.#id);
    if (this.space.kind !== "group" || this.space.role !== "owner") return;
    const everybody = spaces.find(({ kind }) => kind === "public");
    const all = everybody ? await this.#membersOf(everybody.id) : [];
    const inside = this.members.map(({ user_id }) => user_id);
    this.others = all.filter(({ user_id }) => !inside.includes(user_id));
  }

  async set(userId: string, role: string): Promise<void> {
    const params = { path: { id: this.#id, user_id: userId } };
    await this.#hub.call((api) =>
      api.PUT("/api/v1/spaces/{id}/members/{user_id}", { params, body: { role } }),
    );
    await this.open();
  }

  async remove(userId: string): Promise<void> {
    const params = { path: { id: this.#id, user_id: userId } };
    await this.#hub.call((api) => api.DELETE("/api/v1/spaces/{id}/members/{user_id}", { params }));
  }

  async rename(name: string): Promise<void> {
    const params = { path: { id: this.#id } };
    this.space = await this.#hub.call((api) => api.PATCH("/api/v1/spaces/{id}", { params, body: { name } }));
  }

  #membersOf(id: string): Promise<SpaceMember[]> {
    return everyPage((after) =>
      this.#hub.call((api) =>
        api.GET("/api/v1/spaces/{id}/members", { params: { path: { id }, query: { after } } }),
      ),
    );
  }
}
