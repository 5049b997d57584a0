import { expect, test } from "vitest";

import { ago, bytes, day, duration, moment, month } from "./format";

/** Locales put spaces of several kinds between a number and its unit. */
const plain = (text: string) => text.replace(/\s/g, " ");
const JULY_3 = Date.UTC(2024, 6, 3, 23, 30);

test("a picture's day is its taker's, wherever the reader is", () => {
  expect(day("en-GB", JULY_3, JULY_3)).toBe("Wed 3 Jul");
  expect(day("en-GB", JULY_3, Date.UTC(2026, 0, 1))).toBe("Wed, 3 Jul 2024");
  expect(day("de", JULY_3, JULY_3)).toBe("Mi., 3. Juli");
  expect(moment("en-GB", JULY_3)).toContain("23:30");
  expect(month("de", "2024-03")).toBe("März 2024");
});

test("sizes are short", () => {
  expect(plain(bytes("en", 0))).toBe("0 byte");
  expect(plain(bytes("en", 1500))).toBe("1.5 kB");
  expect(plain(bytes("de", 41_234_567_890))).toBe("41 GB");
});

test("the past is told in its largest unit, and a clock ahead is now", () => {
  expect(ago("en", 0, 2.9 * 3_600_000)).toBe("2 hours ago");
  expect(ago("en", 0, 86_400_000)).toBe("yesterday");
  expect(ago("en", 5000, 0)).toBe("now");
});

test("videos tell how long they run", () => {
  expect(duration(2500)).toBe("0:03");
  expect(duration(65_000)).toBe("1:05");
  expect(duration(3_600_000)).toBe("1:00:00");
});
