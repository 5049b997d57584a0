/** How long a message stays, in milliseconds: long enough to read it and to change one's mind. */
const STAYS_MS = 8000;

/** A short message at the edge of the screen. */
export interface Toast {
  id: number;
  text: string;
  /** Something went wrong: it stays until it is put away. */
  bad: boolean;
  action?: { label: string; run: () => void };
}

/** What the app has to tell that needs no screen of its own. */
export class Toasts {
  all = $state.raw<Toast[]>([]);
  #next = 1;

  /** Says that something was done, perhaps with a way back. */
  tell(text: string, action?: Toast["action"]): void {
    const id = this.#add({ text, bad: false, ...(action && { action }) });
    setTimeout(() => this.close(id), STAYS_MS);
  }

  /** Says that something went wrong. */
  fail(text: string): void {
    this.#add({ text, bad: true });
  }

  close(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  #add(toast: Omit<Toast, "id">): number {
    const id = this.#next++;
    // Nobody reads more than three.
    this.all = [...this.all.slice(-2), { ...toast, id }];
    return id;
  }
}
