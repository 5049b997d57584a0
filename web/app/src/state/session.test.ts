import { expect, test } from "vitest";

import { browserName } from "./session.svelte";

test("sessions are called as people call their browsers", () => {
  const table: [string, string][] = [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
      "Chrome on Android",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605 Version/18.4 Safari/604",
      "Safari on iPhone",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
      "Edge on Windows",
    ],
    ["curl/8.0", "Browser"],
  ];
  for (const [agent, name] of table) expect(browserName(agent)).toBe(name);
});
