/** Whether this process may change the system. */
export const isRoot = Deno.uid() === 0;

/** A test that changes the system, in namespaces of its own; skipped with a line when not root. */
export function rootTest(name: string, test: () => void | Promise<void>): void {
  Deno.test({ name: isRoot ? name : `${name} (skipped: needs root)`, ignore: !isRoot, fn: test });
}
