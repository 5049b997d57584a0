import { Away, type Hub, Refused, type Schemas } from "../api/hub";

/** How this browser stands to the hub. */
export type SessionState =
  | { is: "opening" }
  | { is: "unclaimed" }
  | { is: "signed-out" }
  | { is: "signed-in"; me: Schemas["Me"] }
  | { is: "away" };

/** Who sits at this browser. The secret itself is in a cookie that no script can read. */
export class Session {
  state = $state.raw<SessionState>({ is: "opening" });
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
    hub.onSignedOut = () => {
      if (this.state.is === "signed-in") this.state = { is: "signed-out" };
    };
  }

  /** Finds out how things stand: when the page opens, and after the hub was away. */
  async open(): Promise<void> {
    try {
      const setup = await this.#hub.call((api) => api.GET("/api/v1/setup"));
      this.state = setup.needed ? { is: "unclaimed" } : { is: "signed-in", me: await this.#me() };
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) this.state = { is: "signed-out" };
      else this.state = { is: "away" };
    }
  }

  /** Logs in; with a set-up code, claims the hub first. Throws the hub's refusal. */
  async begin(name: string, password: string, code?: string): Promise<void> {
    const body = { name, password, label: browserName(navigator.userAgent), ...(code && { code }) };
    const me = await this.#hub.call((api) => api.POST("/api/v1/sessions", { body }));
    this.state = { is: "signed-in", me };
  }

  /** Logs out, here. */
  async end(): Promise<void> {
    try {
      await this.#hub.call((api) => api.POST("/api/v1/logout"));
    } catch (error) {
      // A session that has ended already is what was wanted. One that goes on must not look ended.
      if (error instanceof Away || (error instanceof Refused && error.problem.status !== 401)) throw error;
    }
    this.state = { is: "signed-out" };
  }

  async #me(): Promise<Schemas["Me"]> {
    return this.#hub.call((api) => api.GET("/api/v1/me"));
  }
}

/** `Firefox on Linux`: what a person knows a session by. */
export function browserName(agent: string): string {
  const browsers: [RegExp, string][] = [
    [/Edg\//, "Edge"],
    [/SamsungBrowser\//, "Samsung Internet"],
    [/Firefox\/|FxiOS\//, "Firefox"],
    [/Chrome\/|CriOS\//, "Chrome"],
    [/Safari\//, "Safari"],
  ];
  const systems: [RegExp, string][] = [
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "Mac"],
    [/Linux/, "Linux"],
  ];
  const first = (table: [RegExp, string][]) => table.find(([mark]) => mark.test(agent))?.[1];
  return [first(browsers) ?? "Browser", first(systems)].filter(Boolean).join(" on ");
}
