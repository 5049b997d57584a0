/** What addresses mean to other devices, and to a shell. */

/** Whether a name leads every machine to itself: no other device gets here by it. */
export function isOnlyThisMachine(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\./.test(host);
}

/** A word as a shell takes it whole, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w.@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
