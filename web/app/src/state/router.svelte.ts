import { parse, type Route, write } from "../lib/route";

/** Where the person is, kept in the address bar. */
export class Router {
  #path = $state(location.pathname);
  /** How many steps of ours lie behind in the browser's history. */
  #depth = 0;

  /** What is shown. */
  readonly route: Route = $derived(parse(this.#path));

  /** Listens to the browser; answers how to stop. */
  start(): () => void {
    const back = () => {
      this.#depth = Math.max(0, this.#depth - 1);
      this.#path = location.pathname;
    };
    const click = (event: MouseEvent) => {
      const path = ownPath(event);
      if (path === undefined) return;
      event.preventDefault();
      this.go(parse(path));
    };
    addEventListener("popstate", back);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", back);
      document.removeEventListener("click", click);
    };
  }

  /** Goes somewhere; with `replace` the place before is forgotten. */
  go(route: Route, how: { replace?: boolean } = {}): void {
    const path = write(route);
    if (path === location.pathname) return;
    if (how.replace) history.replaceState(null, "", path);
    else {
      history.pushState(null, "", path);
      this.#depth += 1;
    }
    this.#path = path;
  }

  /** Back to where the person came from; to `otherwise` for who came straight here. */
  back(otherwise: Route): void {
    if (this.#depth > 0) history.back();
    else this.go(otherwise, { replace: true });
  }
}

/** The address of a plain click on a link of ours; every other click is the browser's. */
function ownPath(event: MouseEvent): string | undefined {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!plain || event.defaultPrevented || !(event.target instanceof Element)) return undefined;
  const link = event.target.closest("a");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin)
    return undefined;
  if (link.pathname.startsWith("/api/")) return undefined;
  return link.pathname;
}
