/** Where on a scrubber the years stand. */
import type { Slot } from "./timeline.svelte";

/** A year's label, `top` as a share of the track. */
export interface YearMark {
  year: string;
  top: number;
}

/** The years of a sheet, at least `apart` (a share of the track) from each other. */
export function yearMarks(slots: readonly Slot[], height: number, apart: number): YearMark[] {
  const marks: YearMark[] = [];
  let last = "";
  for (const slot of slots) {
    const year = slot.month?.slice(0, 4) ?? "";
    if (year === "" || year === last) continue;
    last = year;
    const top = slot.top / height;
    const before = marks.at(-1);
    if (!before || top - before.top >= apart) marks.push({ year, top });
  }
  return marks;
}

/** The slot at a place of the sheet. */
export function slotAt(slots: readonly Slot[], top: number): Slot | undefined {
  return slots.find((slot) => slot.top + slot.height > top) ?? slots.at(-1);
}
