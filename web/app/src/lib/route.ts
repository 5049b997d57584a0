/** The addresses of the app: the one place that knows how they are written. */

/** What an address shows. A picture opens over the list it is in, which stays as it was. */
export type Route =
  | { screen: "home" }
  | { screen: "photos"; photo?: string }
  | { screen: "albums" }
  | { screen: "album"; album: string; photo?: string }
  | { screen: "devices" }
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
  if (first !== undefined) return { screen: "nothing" };
  if (screen === "") return { screen: "home" };
  if (screen === "albums" || screen === "devices" || screen === "trash" || screen === "settings") {
    return { screen };
  }
  return { screen: "nothing" };
}

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
    default:
      return `/${route.screen}`;
  }
}
