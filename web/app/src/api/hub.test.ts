import { expect, test, vi } from "vitest";

import { Away, Hub, Refused, rendition } from "./hub";

const answering = (status: number, body: unknown, type = "application/json") =>
  new Hub("http://hub", () =>
    Promise.resolve(
      new Response(typeof body === "string" ? body : JSON.stringify(body), {
        status,
        headers: { "Content-Type": type },
      }),
    ),
  );
const me = (hub: Hub) => hub.call((api) => api.GET("/api/v1/me"));

test("a good answer is its data", async () => {
  expect(await me(answering(200, { hub_id: "1" }))).toEqual({ hub_id: "1" });
});

test("a refusal carries the hub's words, and a lost session is told", async () => {
  const problem = { status: 401, code: "sign-in-again", title: "t", detail: "sign in", retryable: false };
  const hub = answering(401, problem, "application/problem+json");
  hub.onSignedOut = vi.fn();
  await expect(me(hub)).rejects.toThrow(new Refused(problem as never));
  expect(hub.onSignedOut).toHaveBeenCalledOnce();
});

test("a proxy's page is a refusal, too", async () => {
  const refusal = await me(answering(502, "<html>bad gateway", "text/html")).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refused);
  expect((refusal as Refused).problem.retryable).toBe(true);
});

test("no answer is a hub that is away", async () => {
  const hub = new Hub("http://hub", () => Promise.reject(new TypeError("failed to fetch")));
  await expect(me(hub)).rejects.toBeInstanceOf(Away);
});

test("only what has a version may be kept for ever", () => {
  expect(rendition("1", "thumbnail", "ab")).toBe("/api/v1/assets/1/renditions/thumbnail?v=ab");
  expect(rendition("1", "preview", null)).toBe("/api/v1/assets/1/renditions/preview");
});
