/** Waits for what the hub makes when it is first asked for. */

/** Asked again after this when the hub does not say when, in seconds. */
const ASK_AGAIN_S = 5;

/** Whether something can be shown, once that is known. */
export type Made = "made" | "never";

/** Asks until it is made, or never will be. `waiting` is called when it takes a while. */
export async function whenMade(
  url: string,
  signal: AbortSignal,
  waiting: () => void,
  ask: typeof fetch = (...call) => fetch(...call),
): Promise<Made> {
  while (!signal.aborted) {
    const answer = await ask(url, { signal, headers: { Range: "bytes=0-0" } }).catch(() => undefined);
    if (answer?.ok) return "made";
    if (answer && answer.status !== 503) return "never";
    if (!signal.aborted) waiting();
    const seconds = Number(answer?.headers.get("Retry-After")) || ASK_AGAIN_S;
    await pause(seconds * 1000, signal);
  }
  return "never";
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
