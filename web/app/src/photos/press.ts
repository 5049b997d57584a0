/** A finger that stays: on a phone it begins a selection, where a mouse has a mark to click on. */

/** How long a finger stays, in milliseconds. */
const STAYS_MS = 420;
/** A finger that goes farther scrolls, in pixels. */
const STILL_PX = 10;

/** Watches an element; answers how to stop. `pressed` is called once per press. */
export function watchPress(element: HTMLElement, pressed: (event: PointerEvent) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: PointerEvent | undefined;
  let done = false;

  const stop = () => clearTimeout(timer);
  const down = (event: PointerEvent) => {
    done = false;
    stop();
    if (event.pointerType !== "touch") return;
    start = event;
    timer = setTimeout(() => {
      done = true;
      pressed(event);
    }, STAYS_MS);
  };
  const move = (event: PointerEvent) => {
    if (!start || Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL_PX) stop();
  };
  // Neither the click that ends the press nor the browser's own menu is wanted then.
  const swallow = (event: Event) => {
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const listeners = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", stop],
    ["pointercancel", stop],
    ["click", swallow],
    ["contextmenu", swallow],
  ] as [string, EventListener][];
  for (const [type, listener] of listeners) element.addEventListener(type, listener, { capture: true });
  return () => {
    stop();
    for (const [type, listener] of listeners) element.removeEventListener(type, listener, { capture: true });
  };
}
