/** The hub's API, typed by its own description (`npm run client`), and what can go wrong with a call. */
import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The hub refused, in words for a person. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: Schemas["Problem"];

  constructor(problem: Schemas["Problem"]) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The hub did not answer. */
export class Away extends Error {
  override readonly name = "Away";
}

/** What openapi-fetch answers. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The API of the hub that this page came from. */
export class Hub {
  readonly #client: Client<paths>;
  /** Told when the session has ended. */
  onSignedOut: () => void = () => undefined;

  constructor(base: string = location.origin, fetcher: typeof fetch = (...ask) => fetch(...ask)) {
    this.#client = createClient<paths>({ baseUrl: base, fetch: (request) => fetcher(request) });
  }

  /** Makes calls by their addresses: `hub.call((api) => api.GET("/api/v1/me"))`. Throws what went wrong. */
  async call<T>(ask: (api: Client<paths>) => Promise<Answer<T>>): Promise<T> {
    let answer: Answer<T>;
    try {
      answer = await ask(this.#client);
    } catch (cause) {
      throw new Away("the hub does not answer", { cause });
    }
    if (answer.response.ok) return answer.data as T;
    const refusal = new Refused(problemOf(answer));
    if (refusal.problem.status === 401) this.onSignedOut();
    throw refusal;
  }
}

/** A proxy in between may answer in words of its own. */
function problemOf({ error, response }: Answer<unknown>): Schemas["Problem"] {
  if (typeof error === "object" && error !== null && "detail" in error && "code" in error) {
    return error as Schemas["Problem"];
  }
  const { status, statusText } = response;
  const title = statusText || String(status);
  return { status, code: "internal", title, detail: title, retryable: status >= 500 };
}

/** The address of what a picture is shown with. */
export function rendition(
  id: string,
  kind: "thumbnail" | "preview" | "full-size" | "playback" | "hover-clip",
  version?: string | null,
): string {
  return `/api/v1/assets/${id}/renditions/${kind}${version ? `?v=${encodeURIComponent(version)}` : ""}`;
}

/** The address of the original. */
export function original(id: string): string {
  return `/api/v1/assets/${id}/content`;
}
