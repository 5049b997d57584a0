import type { Key } from "../i18n/languages";

/** What people may do in a Space, in words. */
export const SPACE_ROLE_WORDS: Record<string, Key> = {
  viewer: "role.viewer",
  editor: "role.editor",
  owner: "role.space-owner",
};
