const QUICK = "--quick";

/** Whether only a look was asked for: its figures say that a part works, and nothing else. */
export const quick = Deno.args.includes(QUICK);

/** The words of the command line without that one. */
export const words: readonly string[] = Deno.args.filter((word) => word !== QUICK);

/** How much of something: as usual, or for a quick look. */
export function size(usual: number, look: number): number {
  return quick ? look : usual;
}
