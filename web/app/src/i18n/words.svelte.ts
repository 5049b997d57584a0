import { type Key, type Language, LANGUAGES, pick, say, type Values } from "./languages";
import * as format from "./format";

const KEY = "albumen.language";

/** What the app says, in the person's language; dates and numbers as the browser's person writes them. */
export class Words {
  language = $state<Language>(kept() ?? pick(navigator.languages));

  /** The browser's own kind of this language where it has one: en-GB writes dates unlike en-US. */
  readonly #locale: string = $derived(
    navigator.languages.find((one) => one.split("-")[0] === this.language) ?? this.language,
  );

  /** The text of a key, with its values filled in and in the right number. */
  readonly say = (key: Key, values: Values = {}): string =>
    say(this.language, key, values, (value) => this.number(value));

  readonly number = (value: number): string => format.number(this.#locale, value);
  readonly bytes = (value: number): string => format.bytes(this.#locale, value);
  readonly day = (localMs: number, nowMs: number = Date.now()): string =>
    format.day(this.#locale, localMs, nowMs);
  readonly month = (month: string): string => format.month(this.#locale, month);
  readonly moment = (localMs: number): string => format.moment(this.#locale, localMs);
  readonly date = (atMs: number): string => format.date(this.#locale, atMs);
  readonly ago = (atMs: number, nowMs: number = Date.now()): string => format.ago(this.#locale, atMs, nowMs);

  /** Chooses a language, for this browser. */
  choose(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  }
}

function kept(): Language | undefined {
  try {
    const chosen = localStorage.getItem(KEY);
    return LANGUAGES.find((language) => language === chosen);
  } catch {
    return undefined;
  }
}
