import { expect, test } from "vitest";

import { everyPage } from "./pages";

test("a list is followed to its end, by its own cursor", async () => {
  const asked: (string | undefined)[] = [];
  const pages: Record<string, { items: number[]; next?: string | null }> = {
    "": { items: [1, 2], next: "a" },
    a: { items: [], next: "b" },
    b: { items: [3], next: null },
  };
  const all = await everyPage((after) => {
    asked.push(after);
    return Promise.resolve(pages[after ?? ""] ?? { items: [] });
  });
  expect(all).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, "a", "b"]);
});
