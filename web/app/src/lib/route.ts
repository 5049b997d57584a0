/** The addresses of the app: the one place that knows how they are written. */

/** What an address shows. A picture opens over the list it is in, which stays as it was. */
export type Route =
  | { screen: "home" }
  | { screen: "photos"; photo?: string }
  | { screen: "albums" }
  | { screen: "album"; album: string; photo?: string }
  | { screen: "spaces" }
  | { screen: "space"; space: string }
  | { screen: "devices" }
  | { screen: "share" }
  | { screen: "trash" }
  | { screen: "settings" }
  | { screen: "nothing" };

/** Reads an address. */
export function parse(path: string): Route {
  const [screen = "", first, second, ...rest] = path.split("/").filter((part) => part !== "");
  if (rest.length > 0) return { screen: "nothing" };
  if (screen === "photos" && second === undefined) return { screen, ...(first && { photo: first }) };
  if (screen === "albums" && first !== undefined) {
    return { screen: "album", album: first, ...(second && { photo: second }) };
  }
  if (screen === "spaces" && first !== undefined && second === undefined) {
    return { screen: "space", space: first };
  }
  if (first !== undefined) return { screen: "nothing" };
  if (screen === "") return { screen: "home" };
  return isPlain(screen) ? { screen } : { screen: "nothing" };
}

/** Screens that are all of their address. */
const PLAIN = ["albums", "spaces", "devices", "share", "trash", "settings"] as const;

const isPlain = (word: string): word is (typeof PLAIN)[number] => (PLAIN as readonly string[]).includes(word);

/** Writes an address; `parse` reads it again as the same. */
export function write(route: Route): string {
  switch (route.screen) {
    case "home":
    case "nothing":
      return "/";
    case "photos":
      return route.photo ? `/photos/${route.photo}` : "/photos";
    case "album":
      return route.photo ? `/albums/${route.album}/${route.photo}` : `/albums/${route.album}`;
    case "space":
      return `/spaces/${route.space}`;
    default:
      return `/${route.screen}`;
  }
}
