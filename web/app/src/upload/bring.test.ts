import { expect, test } from "vitest";

import { Hub } from "../api/hub";
import { bounded } from "./bounded";
import { bring, type Means } from "./bring";
import { Failed } from "./failure";
import type { Declaration } from "./send";

const json = (body: unknown) =>
  new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });

/** A hub that holds some contents; what it was asked and sent is kept. */
class Desk {
  held = new Set<string>();
  calls: string[] = [];
  sent: Declaration[] = [];
  refuses: Failed | undefined;
  readonly means: Means = {
    hub: new Hub("http://hub", async (request) => {
      const { pathname } = new URL((request as Request).url);
      const body = await (request as Request).json();
      this.calls.push(pathname);
      if (pathname.endsWith("offers")) {
        const answer = (hash: string) => (this.held.has(hash) ? "held" : "send");
        return json({ answers: (body.hashes as string[]).map(answer) });
      }
      const stored = (item: { sha256: string }) => ({ outcome: "stored", entry_id: "e", ...item });
      return json({ outcomes: body.items.map(stored) });
    }),
    hasher: { hash: async (file) => ({ sha256: await file.text(), sha1: "" }) },
    send: (_file, declared) => {
      this.sent.push(declared);
      if (this.refuses && declared.name === "bad.jpg") return Promise.reject(this.refuses);
      const { sha256 } = declared.hashes;
      return Promise.resolve({ entry_id: "e", sha256, name: declared.name, already_held: false });
    },
  };
}

const dropped = (...names: string[]) =>
  names.map((name) => ({ file: new File([name], name), folder: "Trips" }));

test("what the hub holds is filed, the rest is sent, and the outcomes are in order", async () => {
  const desk = new Desk();
  desk.held.add("b.jpg");
  const done: number[] = [];
  const told = ({ items }: { items: number }) => void done.push(items);
  const outcomes = await bring(desk.means, dropped("a.jpg", "b.jpg", "c.jpg"), {}, { told });
  expect(outcomes.map((outcome) => "stored" in outcome && outcome.stored.sha256)).toEqual([
    "a.jpg",
    "b.jpg",
    "c.jpg",
  ]);
  expect(desk.sent.map(({ name, folder }) => [name, folder])).toEqual([
    ["a.jpg", "Trips"],
    ["c.jpg", "Trips"],
  ]);
  expect(done.at(-1)).toBe(3);
});

test("one file's refusal keeps no other; what concerns all ends it with its reason", async () => {
  const desk = new Desk();
  desk.refuses = new Failed("refused", "a file stands in the way");
  const files = dropped("bad.jpg", "a.jpg");
  const why = (outcomes: Awaited<ReturnType<typeof bring>>) =>
    outcomes.map((outcome) => ("failed" in outcome ? outcome.failed.why : "stored"));
  expect(why(await bring(desk.means, files))).toEqual(["refused", "stored"]);
  desk.refuses = new Failed("storage-full", "full");
  const many = dropped("bad.jpg", ...Array.from({ length: 60 }, (_, at) => `${at}.jpg`));
  const outcomes = why(await bring(desk.means, many));
  expect(outcomes[0]).toBe("storage-full");
  expect(outcomes.at(-1), "the next group was not begun").toBe("storage-full");
});

test("a stop leaves what is not there as stopped", async () => {
  const desk = new Desk();
  const stop = new AbortController();
  stop.abort();
  const outcomes = await bring(desk.means, dropped("a.jpg"), {}, { signal: stop.signal });
  expect(outcomes).toMatchObject([{ failed: { why: "stopped" } }]);
  expect(desk.calls).toEqual([]);
});

test("never more run at once than allowed, and a fault is told when the others are through", async () => {
  let [now, most, done] = [0, 0, 0];
  const run = async (item: number) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    done += 1;
    if (item === 5) throw new Error("five");
  };
  await expect(bounded(3, [1, 2, 3, 4, 5, 6, 7, 8, 9], run)).rejects.toThrow("five");
  expect(most).toBe(3);
  expect(now).toBe(0);
  expect(done).toBeGreaterThanOrEqual(5);
});
