/** Runs one after the other, at most so many at a time. What is thrown ends it, after those that go on. */
export async function bounded<T>(
  limit: number,
  items: Iterable<T> | AsyncIterable<T>,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const going = new Set<Promise<void>>();
  const wrong: unknown[] = [];
  for await (const item of items) {
    const one: Promise<void> = run(item)
      .catch((error: unknown) => void wrong.push(error))
      .finally(() => going.delete(one));
    going.add(one);
    if (going.size >= limit) await Promise.race(going);
    if (wrong.length > 0) break;
  }
  await Promise.all(going);
  if (wrong.length > 0) throw wrong[0];
}
