import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { digest, PIECE_BYTES } from "./digest";

const expected = (bytes: Uint8Array) => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sha1: createHash("sha1").update(bytes).digest("hex"),
});

test("in pieces and by the browser's own hashing, the hashes are the same", async () => {
  for (const length of [0, 1, 1000, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES + 5]) {
    const bytes = new Uint8Array(length).map((_, at) => at * 31);
    const file = new Blob([bytes]);
    let read = 0;
    const pieces = await digest(file, (more) => (read += more), null as never);
    expect(pieces, `${length} in pieces`).toEqual(expected(bytes));
    expect(read).toBe(length);
    expect(await digest(file), `${length} whole`).toEqual(expected(bytes));
  }
});

test("never more than a piece of a long file is read at a time", async () => {
  const longest: number[] = [];
  const file = new Blob([new Uint8Array(3 * PIECE_BYTES)]);
  const slice = file.slice.bind(file);
  file.slice = (from, to) => {
    longest.push((to ?? 0) - (from ?? 0));
    return slice(from, to);
  };
  await digest(file);
  expect(longest).toEqual([PIECE_BYTES, PIECE_BYTES, PIECE_BYTES]);
});
