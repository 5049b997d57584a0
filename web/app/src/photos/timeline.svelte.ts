import { type Day, estimate, type Frame, type Layout, layOut } from "./layout";
import type { Photo } from "./photo";
import type { Part, Source } from "./source";

/** A part with what is known of it, and its place on the long sheet. */
export class Slot implements Part {
  readonly month: string | null;
  count = $state(0);
  is = $state<"waiting" | "loading" | "ready" | "failed">("waiting");
  photos = $state.raw<Photo[]>([]);
  layout = $state.raw<Layout | null>(null);
  top = $state(0);
  height = $state(0);
  /** While it is being fetched: its end, for everybody who wants it. */
  fetching: Promise<void> | undefined;

  constructor(part: Part) {
    this.month = part.month;
    this.count = part.count;
  }
}

/** A point of the sheet that stays where it is while what is above it changes. */
interface Anchor {
  slot: Slot;
  /** Pixels below the slot's top where it is laid out; a share of its height where it is guessed. */
  offset: number;
  exact: boolean;
}

/** How many slots may be fetched at the same time: more would make what is looked at wait. */
const AT_ONCE = 3;

/**
 * A list of any length as one long sheet, of which only what is near is fetched. Heights are guessed from
 * counts first; when they turn out otherwise, the place that is looked at stays where it is.
 */
export class Timeline {
  slots = $state.raw<Slot[]>([]);
  state = $state<"opening" | "ready" | "failed">("opening");
  /** Where the top edge of the window is on the sheet. */
  scrollTop = $state(0);
  viewHeight = $state(0);
  frame = $state.raw<Frame | null>(null);
  readonly #source: Source;
  #loading = 0;
  /** What went wrong last. */
  error: unknown = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** How long the sheet is. */
  readonly height: number = $derived.by(() => {
    const last = this.slots.at(-1);
    return last ? last.top + last.height : 0;
  });

  readonly count: number = $derived(this.slots.reduce((sum, slot) => sum + slot.count, 0));

  /** The slots that the window touches, with a margin on both sides. */
  near(marginPx: number): Slot[] {
    const [from, to] = [this.scrollTop - marginPx, this.scrollTop + this.viewHeight + marginPx];
    return this.slots.filter((slot) => slot.top < to && slot.top + slot.height > from);
  }

  /** The days of a slot that the window touches, with a margin. */
  days(slot: Slot, marginPx: number): Day[] {
    const from = this.scrollTop - slot.top - marginPx;
    const to = from + this.viewHeight + 2 * marginPx;
    return slot.layout?.days.filter((day) => day.top < to && day.top + day.height > from) ?? [];
  }

  /** Fetches the counts. Slots that are as they were keep their pictures. */
  async refresh(): Promise<void> {
    try {
      const parts = await this.#source.parts();
      this.#holding(() => {
        const known = this.slots;
        this.slots = parts.map((part) => {
          const slot = known.find((one) => one.month === part.month);
          return slot ? kept(slot, part) : new Slot(part);
        });
      });
      this.state = "ready";
      this.fetchNear();
    } catch (error) {
      this.error = error;
      if (this.slots.length === 0) this.state = "failed";
    }
  }

  /** Lays everything out anew: the window has another size. */
  resize(frame: Frame): void {
    this.#holding(() => {
      this.frame = frame;
      for (const slot of this.slots) if (slot.layout) slot.layout = layOut(slot.photos, frame);
    });
    this.fetchNear();
  }

  /** Fetches what is looked at, and what comes next. */
  fetchNear(): void {
    const near = this.near(this.viewHeight);
    const middle = this.scrollTop + this.viewHeight / 2;
    const distance = (slot: Slot) => Math.abs(slot.top + slot.height / 2 - middle);
    const waiting = near.filter((slot) => slot.is === "waiting").sort((a, b) => distance(a) - distance(b));
    for (const slot of waiting.slice(0, Math.max(0, AT_ONCE - this.#loading))) void this.fetch(slot);
  }

  /** Fetches one slot, once however many want it. */
  fetch(slot: Slot): Promise<void> {
    if (slot.is === "ready") return Promise.resolve();
    if (slot.fetching) return slot.fetching;
    slot.is = "loading";
    this.#loading += 1;
    slot.fetching = this.#fetchNow(slot).finally(() => {
      slot.fetching = undefined;
      this.#loading -= 1;
      this.fetchNear();
    });
    return slot.fetching;
  }

  async #fetchNow(slot: Slot): Promise<void> {
    try {
      this.#fill(slot, await this.#source.photos(slot));
    } catch (error) {
      this.error = error;
      slot.is = "failed";
    }
  }

  /** Fetches again what is looked at and what was not whole: pictures that the hub had not looked into. */
  async freshen(): Promise<void> {
    const stale = this.near(0).filter((slot) => slot.photos.some((photo) => photo.version === null));
    for (const slot of stale.filter(({ is }) => is === "ready")) {
      try {
        this.#fill(slot, await this.#source.photos(slot));
      } catch (error) {
        this.error = error;
      }
    }
  }

  /** Takes pictures out, without waiting for the hub to say so again. */
  remove(ids: ReadonlySet<string>): void {
    for (const slot of this.slots) {
      const left = slot.photos.filter((photo) => !ids.has(photo.id));
      if (left.length === slot.photos.length) continue;
      this.#fill(slot, left);
    }
    this.#holding(() => {
      this.slots = this.slots.filter((slot) => slot.count > 0);
    });
  }

  /** Begins again with nothing, as after something was brought back. */
  async restart(): Promise<void> {
    this.#holding(() => {
      for (const slot of this.slots) if (slot.is !== "loading") slot.is = "waiting";
    });
    await this.refresh();
  }

  /** A picture and its place in the list; fetches the part that it is in. */
  async find(id: string): Promise<{ slot: Slot; at: number } | undefined> {
    const known = this.#known(id);
    if (known) return known;
    if (this.state !== "ready") await this.refresh();
    return (await this.#fetchPartOf(id, false)) ?? this.#findAnew(id);
  }

  /** It may have come, or moved to another month when it was looked into, since the list was fetched. */
  async #findAnew(id: string): Promise<{ slot: Slot; at: number } | undefined> {
    await this.refresh();
    return this.#fetchPartOf(id, true);
  }

  async #fetchPartOf(id: string, anew: boolean): Promise<{ slot: Slot; at: number } | undefined> {
    const month = await this.#source.partOf(id);
    const slot = this.slots.find((one) => one.month === month);
    if (!slot) return undefined;
    if (anew && slot.is === "ready") slot.is = "waiting";
    await this.fetch(slot);
    return this.#known(id);
  }

  /** The picture before or after another one, over the edges of parts. */
  async step(from: { slot: Slot; at: number }, by: 1 | -1): Promise<Photo | undefined> {
    const inside = from.slot.photos[from.at + by];
    if (inside) return inside;
    const next = this.slots[this.slots.indexOf(from.slot) + by];
    if (!next) return undefined;
    await this.fetch(next);
    return by === 1 ? next.photos[0] : next.photos.at(-1);
  }

  /** Where on the sheet a picture is. */
  topOf(id: string): { top: number; height: number } | undefined {
    const found = this.#known(id);
    const day = found?.slot.layout?.days.find((one) => found.at < one.first + one.count);
    const box = day?.boxes.find((one) => one.at === found?.at);
    return found && day && box && { top: found.slot.top + day.top + box.top, height: box.height };
  }

  #known(id: string): { slot: Slot; at: number } | undefined {
    for (const slot of this.slots) {
      const at = slot.photos.findIndex((photo) => photo.id === id);
      if (at >= 0) return { slot, at };
    }
    return undefined;
  }

  #fill(slot: Slot, photos: Photo[]): void {
    this.#holding(() => {
      slot.photos = photos;
      slot.count = photos.length;
      slot.is = "ready";
      slot.layout = this.frame && layOut(photos, this.frame);
    });
  }

  /** Changes slots while the place that is looked at stays where it is. */
  #holding(change: () => void): void {
    const anchor = this.#anchor();
    change();
    this.#stack();
    if (anchor && this.slots.includes(anchor.slot)) {
      const { slot, offset, exact } = anchor;
      this.scrollTop = Math.max(0, slot.top + (exact && slot.layout ? offset : offset * slot.height));
    }
  }

  #anchor(): Anchor | undefined {
    // At the very top one wants to see what is new.
    if (this.scrollTop <= 0) return undefined;
    const slot = this.slots.find((one) => one.top + one.height > this.scrollTop);
    if (!slot) return undefined;
    const offset = this.scrollTop - slot.top;
    // The first rows of a month stay near its title, whatever its height turns out to be.
    const exact = slot.layout !== null || offset <= (this.frame?.title ?? 0);
    return { slot, offset: exact ? offset : offset / slot.height, exact };
  }

  #stack(): void {
    let top = 0;
    for (const slot of this.slots) {
      slot.top = top;
      slot.height = this.frame ? (slot.layout?.height ?? estimate(slot.count, this.frame)) : 0;
      top += slot.height;
    }
  }
}

/** A slot whose count changed shows what it had until its pictures have come again. */
function kept(slot: Slot, part: Part): Slot {
  if (slot.count !== part.count && slot.is !== "loading") slot.is = "waiting";
  slot.count = part.count;
  return slot;
}
