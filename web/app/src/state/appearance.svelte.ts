/** Kept in step with public/theme.js, which sets it before the first paint. */
const KEY = "albumen.appearance";

/** Light or dark; `system` goes with the device. */
export type Choice = "system" | "light" | "dark";

/** Which colours the app has. */
export class Appearance {
  choice = $state<Choice>(kept());

  /** Chooses, for this browser. */
  choose(choice: Choice): void {
    this.choice = choice;
    if (choice === "system") delete document.documentElement.dataset["appearance"];
    else document.documentElement.dataset["appearance"] = choice;
    try {
      if (choice === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  }
}

function kept(): Choice {
  const choice = document.documentElement.dataset["appearance"];
  return choice === "light" || choice === "dark" ? choice : "system";
}
