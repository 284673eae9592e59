const QUICK = "--quick";

/** Whether a quick run was requested: its figures only show that a part works. */
export const quick = Deno.args.includes(QUICK);

/** The words of the command line without that one. */
export const words: readonly string[] = Deno.args.filter((word) => word !== QUICK);

/** A size: the usual one, or that of a quick run. */
export function size(usual: number, look: number): number;
export function size(usual: string, look: string): string;
export function size(usual: number | string, look: number | string): number | string {
  return quick ? look : usual;
}
