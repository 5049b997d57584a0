/** How a finger, a mouse or a wheel moves and enlarges a picture, and when it means "next". */

const SCALE_MAX = 8;
/** What a double tap enlarges to. */
const SCALE_TAP = 2.5;
/** A swipe is at least this long, in pixels. */
const SWIPE_PX = 60;

/** What a swipe asks for. */
export type Swipe = "next" | "previous" | "close";

interface Point {
  x: number;
  y: number;
}

/** The state of one picture on its stage. Points are relative to the stage's middle. */
export class Zoom {
  scale = $state(1);
  x = $state(0);
  y = $state(0);
  /** A finger is down: nothing glides meanwhile. */
  held = $state(false);
  // Nothing is shown of it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #fingers = new Map<number, Point>();
  #start: Point | null = null;
  #pinched = false;

  readonly enlarged: boolean = $derived(this.scale > 1.01);

  reset(): void {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.#fingers.clear();
    this.held = false;
  }

  /** Enlarges or shrinks by a factor; the point stays under the pointer. */
  by(factor: number, at: Point = { x: 0, y: 0 }): void {
    const scale = Math.min(SCALE_MAX, Math.max(1, this.scale * factor));
    const real = scale / this.scale;
    this.x = scale === 1 ? 0 : at.x - (at.x - this.x) * real;
    this.y = scale === 1 ? 0 : at.y - (at.y - this.y) * real;
    this.scale = scale;
  }

  /** A double tap: in, or all the way out. */
  tap(at: Point): void {
    if (this.enlarged) this.reset();
    else this.by(SCALE_TAP, at);
  }

  down(finger: number, at: Point): void {
    if (this.#fingers.size === 0) {
      this.#start = at;
      this.#pinched = false;
    }
    this.#fingers.set(finger, at);
    this.#pinched ||= this.#fingers.size > 1;
    this.held = true;
  }

  move(finger: number, at: Point): void {
    const before = this.#fingers.get(finger);
    if (!before) return;
    const other = [...this.#fingers].find(([id]) => id !== finger)?.[1];
    this.#fingers.set(finger, at);
    if (other) {
      const [was, is] = [distance(before, other), distance(at, other)];
      if (was > 0) this.by(is / was, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    } else if (this.enlarged) {
      this.x += at.x - before.x;
      this.y += at.y - before.y;
    } else if (!this.#pinched && this.#start) {
      // The picture follows the finger along the way that the swipe takes.
      const [dx, dy] = [at.x - this.#start.x, at.y - this.#start.y];
      this.x = Math.abs(dx) >= Math.abs(dy) ? dx : 0;
      this.y = Math.abs(dy) > Math.abs(dx) ? Math.max(0, dy) : 0;
    }
  }

  /** The finger is up; answers what the swipe asked for. */
  up(finger: number): Swipe | undefined {
    const known = this.#fingers.delete(finger);
    if (!known || this.#fingers.size > 0) return undefined;
    this.held = false;
    if (this.enlarged) return undefined;
    const [dx, dy] = [this.x, this.y];
    this.x = 0;
    this.y = 0;
    if (this.#pinched) return undefined;
    if (dx < -SWIPE_PX) return "next";
    if (dx > SWIPE_PX) return "previous";
    return dy > SWIPE_PX ? "close" : undefined;
  }
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
