/** One page of a list, as the hub answers it. */
interface Page<T> {
  items: T[];
  next?: string | null;
}

/** All of a list that is known to be short enough to be held: people, Spaces, invitations. */
export async function everyPage<T>(ask: (after: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let after: string | undefined;
  do {
    const page = await ask(after);
    all.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return all;
}
