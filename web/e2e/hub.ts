/** A real hub of its own for a test, over an empty folder, with real pictures in it when asked. */
import { randomUUID } from "node:crypto";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** A hub that has not said what is waited for by then has failed the test. */
const PATIENCE_MS = 60_000;

export const OWNER = { name: "Sam", password: "a sentence only the tests know" };

/** A hub that runs. */
export interface RunningHub {
  url: string;
  code: string;
  /** The folder with everything that it keeps. */
  data: string;
  stop(): Promise<void>;
}

function program(): string {
  const folder = process.env["ALBUMEN_PROGRAMS"];
  if (!folder) throw new Error("ALBUMEN_PROGRAMS does not name the folder of the built programs");
  return join(folder, "albumen-hub");
}

/** Starts one that nobody has claimed. */
export async function startHub(): Promise<RunningHub> {
  const data = await mkdtemp(join(tmpdir(), "albumen-web-"));
  const hub = spawn(program(), ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = listen(hub);
  const stop = async () => {
    const ended = new Promise((resolve) => hub.once("exit", resolve));
    if (hub.exitCode === null) {
      hub.kill("SIGTERM");
      await ended;
    }
    await rm(data, { recursive: true, force: true });
  };
  try {
    const url = await until(() => /http:\/\/[0-9.]+:[0-9]+/.exec(said())?.[0], "a hub that listens", said);
    const code = await until(() => /(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}/.exec(said())?.[0], "a code", said);
    return { url, code, data, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listen(hub: ChildProcess): () => string {
  let text = "";
  for (const stream of [hub.stdout, hub.stderr])
    stream?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  return () => text;
}

/** Waits until something is there, and answers it. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
  otherwise: () => string = () => "",
): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}\n${otherwise()}`);
}

/** Somebody who speaks to the hub as a program does. */
export class Caller {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Claims a hub for its owner. */
  static async claim(hub: RunningHub): Promise<Caller> {
    const answer = await fetch(`${hub.url}/api/v1/setup`, json({ code: hub.code, ...OWNER }));
    if (!answer.ok) throw new Error(await answer.text());
    return new Caller(hub.url, ((await answer.json()) as { token: string }).token);
  }

  /** Logs in by name and password. */
  static async logIn(hub: RunningHub, name: string, password: string): Promise<Caller> {
    return Caller.#by(hub, { name, password });
  }

  /** Connects a device of somebody's, one that is new. */
  static async device(hub: RunningHub, name: string, password: string, device: string): Promise<Caller> {
    const introduction = { installation: randomUUID(), name: device, platform: "android" };
    return Caller.#by(hub, { name, password, device: introduction });
  }

  static async #by(hub: RunningHub, body: unknown): Promise<Caller> {
    const answer = await fetch(`${hub.url}/api/v1/login`, json(body));
    if (!answer.ok) throw new Error(await answer.text());
    return new Caller(hub.url, ((await answer.json()) as { token: string }).token);
  }

  async ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.#token}` };
    const answer = await fetch(this.#url + path, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await (answer.status === 204 ? undefined : answer.json())) as T;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask(path, json(body));
  }

  /** Puts a file there; answers its asset's id. */
  async put(path: string): Promise<string> {
    const { asset_id } = await this.ask<{ asset_id: string }>("/api/v1/files", {
      method: "PUT",
      headers: { "Albumen-Filename": encodeURIComponent(basename(path)), "Albumen-Folder": "Trips%2F2026" },
      body: await readFile(path),
    });
    return asset_id;
  }

  /** Waits until the hub has looked into everything that it can look into. */
  async described(ids: string[]): Promise<void> {
    for (const id of ids) {
      const look = () => this.ask<{ described: boolean }>(`/api/v1/assets/${id}/facts`);
      await until(async () => ((await look()).described ? true : undefined), `a look into ${id}`);
    }
  }
}

function json(body: unknown): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** Where real pictures lie; `undefined` where there are none, which CI does not accept. */
export function corpus(): string | undefined {
  const folder = process.env["ALBUMEN_CORPUS"];
  if (folder && existsSync(folder)) return folder;
  if (process.env["CI"]) throw new Error("ALBUMEN_CORPUS does not name a folder of real pictures");
  return undefined;
}
