import { SvelteSet } from "svelte/reactivity";

import type { Photo } from "./photo";

/** What is selected, across months. */
export class Selection {
  readonly ids = new SvelteSet<string>();
  /** Where a range begins. */
  #from: string | null = null;

  readonly some: boolean = $derived(this.ids.size > 0);

  has(photo: Photo): boolean {
    return this.ids.has(photo.id);
  }

  /** Selects one, or lets it go. */
  toggle(photo: Photo): void {
    if (!this.ids.delete(photo.id)) this.ids.add(photo.id);
    this.#from = photo.id;
  }

  /** Selects everything from the one that was chosen last to this one, both counted. */
  reach(photo: Photo, among: readonly Photo[]): void {
    const from = among.findIndex((one) => one.id === this.#from);
    const to = among.findIndex((one) => one.id === photo.id);
    if (from < 0 || to < 0) return this.toggle(photo);
    for (const one of among.slice(Math.min(from, to), Math.max(from, to) + 1)) this.ids.add(one.id);
    this.#from = photo.id;
  }

  hasAll(photos: readonly Photo[]): boolean {
    return photos.length > 0 && photos.every((photo) => this.ids.has(photo.id));
  }

  /** Selects all of these, or lets all go when all are selected. */
  toggleAll(photos: readonly Photo[]): void {
    const all = this.hasAll(photos);
    for (const photo of photos) {
      if (all) this.ids.delete(photo.id);
      else this.ids.add(photo.id);
    }
    this.#from = photos.at(-1)?.id ?? null;
  }

  clear(): void {
    this.ids.clear();
    this.#from = null;
  }
}
