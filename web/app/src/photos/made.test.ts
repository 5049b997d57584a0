import { expect, test, vi } from "vitest";

import { whenMade } from "./made";

const answers = (...statuses: number[]) => {
  const left = [...statuses];
  return () =>
    Promise.resolve(new Response(null, { status: left.shift() ?? 500, headers: { "Retry-After": "7" } }));
};

test("it is waited for as long as the hub says that it is being made", async () => {
  vi.useFakeTimers();
  const waiting = vi.fn();
  const made = whenMade("/x", new AbortController().signal, waiting, answers(503, 503, 206));
  await vi.advanceTimersByTimeAsync(6900);
  expect(waiting).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(7200);
  expect(await made).toBe("made");
  vi.useRealTimers();
});

test("what can never be shown is not asked for again, and who left does not wait", async () => {
  const signal = new AbortController();
  expect(await whenMade("/x", signal.signal, () => undefined, answers(404))).toBe("never");
  const left = whenMade("/x", signal.signal, () => signal.abort(), answers(503, 206));
  expect(await left).toBe("never");
});
