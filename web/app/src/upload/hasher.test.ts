import { expect, test } from "vitest";

import type { HashAnswer, HashQuestion } from "./hash.worker";
import { Hasher, type HashWorker } from "./hasher";

class Fake implements HashWorker {
  asked: HashQuestion[] = [];
  onmessage: HashWorker["onmessage"] = null;
  onerror: HashWorker["onerror"] = null;
  ended = false;
  postMessage(question: HashQuestion): void {
    this.asked.push(question);
  }
  terminate(): void {
    this.ended = true;
  }
  answer(data: HashAnswer): void {
    this.onmessage?.({ data } as MessageEvent<HashAnswer>);
  }
}

const HASHES = { sha256: "a", sha1: "b" };

test("answers find their questions, in whatever order they come", async () => {
  const worker = new Fake();
  const hasher = new Hasher(() => worker);
  let read = 0;
  const first = hasher.hash(new Blob(["a"]), (bytes) => (read += bytes));
  const second = hasher.hash(new Blob(["b"]));
  worker.answer({ id: 1, read: 3 });
  worker.answer({ id: 2, hashes: HASHES });
  worker.answer({ id: 1, failed: "NotReadableError" });
  expect(await second).toEqual(HASHES);
  await expect(first).rejects.toMatchObject({ why: "unreadable", message: "NotReadableError" });
  expect(read).toBe(3);
});

test("a worker that dies fails what waits, and the next file gets a new one", async () => {
  const workers: Fake[] = [];
  const hasher = new Hasher(() => {
    const worker = new Fake();
    workers.push(worker);
    return worker;
  });
  const lost = hasher.hash(new Blob(["a"]));
  const event = { message: "out of memory", preventDefault: () => undefined };
  workers[0]?.onerror?.(event as ErrorEvent);
  await expect(lost).rejects.toMatchObject({ why: "unreadable" });
  const next = hasher.hash(new Blob(["b"]));
  workers[1]?.answer({ id: 2, hashes: HASHES });
  expect(await next).toEqual(HASHES);
  const stopped = hasher.hash(new Blob(["c"]));
  hasher.close();
  await expect(stopped).rejects.toMatchObject({ message: "stopped" });
  expect(workers.map((worker) => worker.ended)).toEqual([true, true]);
});
