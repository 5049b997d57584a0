/** The language files and how a text is taken from them. English is the measure: its keys are all keys. */
import de from "./de.json";
import en from "./en.json";

/** The name of a text. */
export type Key = keyof typeof en;

/** What is filled into a text. Numbers decide its form and are written as the person writes them. */
export type Values = Record<string, string | number>;

/** A text, or its forms by number (Unicode's plural categories); `count` decides. */
export type Text = string | { one?: string; other: string };

/** What a language file is. */
export type LanguageFile = Record<Key, Text>;

const FILES = { en, de } satisfies Record<string, LanguageFile>;

/** A language that the app speaks. */
export type Language = keyof typeof FILES;

/** All of them. */
export const LANGUAGES = Object.keys(FILES) as Language[];

/** What each calls itself. */
export const OWN_NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

/** The first language of a person that the app speaks. */
export function pick(wanted: readonly string[]): Language {
  const plain = wanted.map((one) => one.split("-")[0]);
  return plain.map((one) => LANGUAGES.find((known) => known === one)).find((one) => one) ?? "en";
}

/** The text of a key. */
export function say(language: Language, key: Key, values: Values, number: (value: number) => string): string {
  const text: Text = FILES[language][key];
  return form(language, text, values["count"]).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

function form(language: Language, text: Text, count: string | number | undefined): string {
  if (typeof text === "string") return text;
  const which = typeof count === "number" ? new Intl.PluralRules(language).select(count) : "other";
  return (which === "one" ? text.one : undefined) ?? text.other;
}

/** The files themselves, for the test that holds them against each other. */
export const files: Record<Language, Record<string, Text>> = FILES;
