import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { isOnlyThisMachine, shellWord } from "./address";

test("only loopback is of no use to a phone", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]", "hub.localhost"]) {
    expect(isOnlyThisMachine(host), host).toBe(true);
  }
  for (const host of ["hub.home", "192.168.1.5", "localhost.example", "1270.example"]) {
    expect(isOnlyThisMachine(host), host).toBe(false);
  }
});

test("a shell gives back the very name", () => {
  for (const name of ["sam", "Anna Maria", "O'Hara", "a;b $(c) `d`", "zoë"]) {
    expect(execFileSync("sh", ["-c", `printf %s ${shellWord(name)}`], { encoding: "utf8" })).toBe(name);
  }
});
