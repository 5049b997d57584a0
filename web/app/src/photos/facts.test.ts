import { expect, test } from "vitest";

import type { Schemas } from "../api/hub";
import { cameraLines, mapAddress, placeName, timeNote } from "./facts";

const number = (value: number) => value.toLocaleString("en");
const facts = (known: Partial<Schemas["AssetFacts"]>) => known as Schemas["AssetFacts"];

test("a camera is named once, and an exposure as on its dial", () => {
  const known = facts({
    camera: { make: "NIKON CORPORATION", model: "NIKON D70", lens: "18-70mm" },
    exposure: { time_s: 0.004, f_number: 1.8, iso: 1600, focal_length_mm: 4.25 },
  });
  expect(cameraLines(known, number)).toEqual(["NIKON D70", "18-70mm", "1/250 s · f/1.8 · ISO 1600 · 4.3 mm"]);
  expect(cameraLines(facts({ camera: { make: "Google", model: "Pixel 8" } }), number)).toEqual([
    "Google Pixel 8",
  ]);
  expect(cameraLines(facts({ exposure: { time_s: 2.5 } }), number)).toEqual(["2.5 s"]);
  expect(cameraLines(facts({}), number)).toEqual([]);
});

test("places are on the right side of the equator", () => {
  const sydney = { latitude: -33.856784, longitude: 151.215297 };
  expect(placeName(sydney, (value) => String(value))).toBe("33.85678° S, 151.2153° E");
  expect(mapAddress(sydney)).toContain("mlat=-33.85678&mlon=151.21530");
});

test("a time that is not sure says so", () => {
  const taken = { at_ms: 0, local_ms: 0, is_day_only: false, known_from: "exif" as const };
  expect(timeNote(taken)).toBe("facts.zone-unknown");
  expect(timeNote({ ...taken, offset_minutes: 0 })).toBeUndefined();
  expect(timeNote({ ...taken, known_from: "file-time" })).toBe("facts.from-file");
  expect(timeNote({ ...taken, is_day_only: true })).toBe("facts.day-only");
  expect(timeNote(undefined)).toBeUndefined();
});
