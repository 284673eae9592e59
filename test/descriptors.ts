/** Descriptors that this process has open, each by its number and what it leads to. */
export type Descriptors = ReadonlySet<string>;

/** The descriptors that are open now. */
export function descriptors(): Descriptors {
  const open = new Set<string>();
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      open.add(`${name} ${Deno.readLinkSync(`/proc/self/fd/${name}`)}`);
    } catch (error) {
      // That of the folder itself, which is read no more
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return open;
}

/**
 * Those that were opened since. They are not counted: the runtime closes what earlier tests had, such as
 * a worker's, in the background.
 */
export function openedSince(before: Descriptors): string[] {
  return [...descriptors()].filter((one) => !before.has(one));
}
