/** A text in which others were put in place of some, and what that changes, as diff(1) shows it. */
export interface Changed {
  readonly text: string;
  readonly lines: readonly string[];
}

/** Puts texts in place of others, which must be there once each, in their order. */
export function changed(before: string, changes: Readonly<Record<string, string>>): Changed {
  let text = before;
  const lines: string[] = [];
  for (const [from, to] of Object.entries(changes)) {
    const at = text.indexOf(from);
    if (at < 0 || text.includes(from, at + 1)) {
      throw new Error(`${JSON.stringify(from)} must be there once in\n${text}`);
    }
    const begin = text.lastIndexOf("\n", at) + 1;
    const end = text.indexOf("\n", at + from.length);
    const old = text.slice(begin, end);
    const made = text.slice(begin, at) + to + text.slice(at + from.length, end);
    lines.push(...parted(old.split("\n"), made.split("\n")));
    text = text.slice(0, begin) + made + text.slice(end);
  }
  return { text, lines };
}

/** Lines that go, and those that come, without the ones at both ends that stay. */
function parted(old: readonly string[], made: readonly string[]): string[] {
  const most = Math.min(old.length, made.length);
  let first = 0;
  while (first < most && old[first] === made[first]) first++;
  let last = 0;
  while (last < most - first && old.at(-1 - last) === made.at(-1 - last)) last++;
  return [
    ...old.slice(first, old.length - last).map((line) => `- ${line}`),
    ...made.slice(first, made.length - last).map((line) => `+ ${line}`),
  ];
}
