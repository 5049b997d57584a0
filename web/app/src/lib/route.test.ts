import { expect, test } from "vitest";

import { parse, type Route, write } from "./route";

const ROUTES: Route[] = [
  { screen: "home" },
  { screen: "photos" },
  { screen: "photos", photo: "0197" },
  { screen: "albums" },
  { screen: "album", album: "01" },
  { screen: "album", album: "01", photo: "02" },
  { screen: "spaces" },
  { screen: "space", space: "03" },
  { screen: "devices" },
  { screen: "share" },
  { screen: "trash" },
  { screen: "settings" },
];

test("every address is read as it was written", () => {
  for (const route of ROUTES) expect(parse(write(route))).toEqual(route);
});

test("what is no address of ours is nothing", () => {
  for (const path of [
    "/foo",
    "/photos/1/2",
    "/albums/1/2/3",
    "/trash/1",
    "/settings/x",
    "/spaces/1/2",
    "/devices/1",
  ]) {
    expect(parse(path), path).toEqual({ screen: "nothing" });
  }
});
