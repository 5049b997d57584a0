import { expect, test } from "vitest";

import { slotAt, yearMarks } from "./scrub";
import { Slot } from "./timeline.svelte";

const slot = (month: string | null, top: number): Slot =>
  Object.assign(new Slot({ month, count: 1 }), { top, height: 100 });
const slots = [
  slot("2024-02", 0),
  slot("2024-01", 100),
  slot("2023-12", 200),
  slot("2021-05", 230),
  slot(null, 900),
];

test("each year stands where it begins, unless there is no room", () => {
  expect(yearMarks(slots, 1000, 0.05)).toEqual([
    { year: "2024", top: 0 },
    { year: "2023", top: 0.2 },
  ]);
  expect(yearMarks(slots, 1000, 0.01).map(({ year }) => year)).toEqual(["2024", "2023", "2021"]);
});

test("every place belongs to a month", () => {
  expect(slotAt(slots, 150)?.month).toBe("2024-01");
  expect(slotAt(slots, 99_999)?.month).toBe(null);
  expect(slotAt([], 0)).toBeUndefined();
});
