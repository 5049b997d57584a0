import { DetailedError } from "tus-js-client";
import { expect, test } from "vitest";

import { failureOfStatus } from "./failure";
import { failureOfSending, fingerprintOf, metadataOf, storedOf } from "./send";

const hashes = { sha256: "ab".repeat(32), sha1: "cd".repeat(20) };
const declared = { name: "a.jpg", hashes };

test("the hub is told what is known, and the bytes of a name that is not plain", () => {
  expect(metadataOf(declared)).toEqual({ filename: "a.jpg", ...hashes });
  const all = metadataOf({
    ...declared,
    name: "Käse.jpg",
    modifiedAtMs: 1700.5,
    space: "s",
    folder: "Trips/2026",
    album: "Camera",
    sendAgain: true,
    device: "d",
  });
  expect(all).toEqual({
    filename: "Käse.jpg",
    "filename-raw": "Käse.jpg",
    ...hashes,
    "modified-at-ms": "1700",
    space: "s",
    folder: "Trips/2026",
    album: "Camera",
    "send-again": "true",
  });
});

test("another place, content or device is another upload", () => {
  const others = [
    declared,
    { ...declared, folder: "x" },
    { ...declared, album: "x" },
    { ...declared, device: "x" },
    { ...declared, name: "b.jpg" },
    { ...declared, hashes: { ...hashes, sha256: "ef" } },
  ];
  expect(new Set(others.map(fingerprintOf)).size).toBe(others.length);
  expect(fingerprintOf({ ...declared })).toBe(fingerprintOf(declared));
});

test("stored is only what the hub says of exactly this content", () => {
  const answer = (headers: Record<string, string>) => storedOf((name) => headers[name], declared);
  expect(answer({})).toBeUndefined();
  expect(answer({ "Albumen-Entry": "e", "Albumen-Sha256": "another" })).toBeUndefined();
  const headers = { "Albumen-Entry": "e", "Albumen-Sha256": hashes.sha256, "Albumen-Name": "a%20(2).jpg" };
  expect(answer(headers)).toEqual({
    entry_id: "e",
    sha256: hashes.sha256,
    name: "a (2).jpg",
    already_held: false,
  });
});

test("every refusal says what helps", () => {
  const problem = (code: string, retryable = false) =>
    JSON.stringify({ status: 400, code, detail: "words", retryable });
  const table: [number, string, string][] = [
    [0, "", "away"],
    [502, "<html>", "away"],
    [413, "<html>", "too-large"],
    [413, problem("too-large"), "too-large"],
    [401, problem("sign-in-again"), "sign-in"],
    [403, problem("forbidden"), "no-place"],
    [409, problem("deleted-earlier"), "deleted-earlier"],
    [409, problem("name-taken"), "refused"],
    [422, problem("hash-mismatch"), "changed"],
    [503, problem("unavailable", true), "busy"],
    [507, problem("storage-full", true), "storage-full"],
  ];
  for (const [status, body, why] of table) expect(failureOfStatus(status, body).why, body).toBe(why);
});

test("what the browser could not send is the network, what it could not open is the file", () => {
  const request = {} as DetailedError["originalRequest"];
  const lost = Object.assign(new Error("gone"), { originalRequest: request, originalResponse: null });
  expect(failureOfSending(lost as unknown as DetailedError).why).toBe("away");
  expect(failureOfSending(new Error("cannot open")).why).toBe("unreadable");
});
