/** What this program uses of `@std/cli/parse-args`, which comes without types. */
export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly collect?: readonly string[];
  /** Called for what is not declared, and for every positional (without a `key`). */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  /** Keep what follows `--` under that key. */
  readonly "--"?: boolean;
}

/** Values by option; with `collect`, the list of all that were given. */
export type ParsedArgs = Readonly<Record<string, unknown>> & { readonly _: readonly string[] };

export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
