import type { Schemas } from "../api/hub";
import type { Key } from "../i18n/languages";

/** A Space's name: the hub's own Spaces have one in every language, until somebody renames them. */
export function spaceName(space: Pick<Schemas["Space"], "kind" | "name">, say: (key: Key) => string): string {
  if (space.kind === "my" && space.name === "My Space") return say("space.my");
  if (space.kind === "public" && space.name === "Public Space") return say("space.public");
  return space.name;
}

/** Who can see what is in it. */
export function whoSees(kind: Schemas["SpaceKind"]): Key {
  if (kind === "my") return "space.my-who";
  return kind === "public" ? "space.public-who" : "space.group-who";
}
