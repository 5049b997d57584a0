import { expect, test } from "vitest";

import { Hub } from "../api/hub";
import { BATCH, offer } from "./offers";

test("many hashes are asked in few calls, each once, on behalf of the device", async () => {
  const asked: { hashes: string[]; device: string | null }[] = [];
  const hub = new Hub("http://hub", async (request) => {
    const { headers } = request as Request;
    const { hashes } = (await (request as Request).json()) as { hashes: string[] };
    asked.push({ hashes, device: headers.get("Albumen-Device") });
    const body = JSON.stringify({ answers: hashes.map(() => "send") });
    return new Response(body, { headers: { "Content-Type": "application/json" } });
  });
  const hashes = Array.from({ length: BATCH + 1 }, (_, at) => `${at}`);
  const answers = await offer(hub, [...hashes, "0"], { device: "d" });
  expect(answers.size).toBe(BATCH + 1);
  expect(asked.map(({ hashes, device }) => [hashes.length, device])).toEqual([
    [BATCH, "d"],
    [1, "d"],
  ]);
});
