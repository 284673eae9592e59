import type { Options } from "../contract/option.ts";

/**
 * Writes every known option of a command line as `--name=value` (a flag as `--name=true`), so that
 * one spelling is left to read. An option whose value is missing stays `--name`; what is not known
 * stays as it is. Nothing after `--` is touched, nor what follows as many words as `passes` says: a
 * `--` is put before it.
 *
 * `parseArgs` alone would lose the value of `--input -`, take `-ieth` for four flags, and let
 * `--verbose` eat a following positional `true`.
 */
export function spellOut(
  args: readonly string[],
  options: Options,
  passes = Infinity,
): string[] {
  const shorts = new Map<string, string>();
  for (const [name, { short }] of Object.entries(options)) {
    if (short !== undefined) shorts.set(short, name);
  }
  const spelled: string[] = [];
  const rest = [...args];
  let words = 0;
  while (rest.length > 0) {
    if (words === passes) return [...spelled, "--", ...rest.slice(rest[0] === "--" ? 1 : 0)];
    const arg = rest.shift()!;
    if (arg === "--") return [...spelled, arg, ...rest];
    const short = /^-[^-]/.test(arg) ? shorts.get(arg[1]!) : undefined;
    const name = short ?? (arg.startsWith("--") ? arg.slice(2) : "");
    const option = Object.hasOwn(options, name) ? options[name]! : undefined;
    if (option === undefined) {
      if (!looksLikeOption(arg)) words++;
      spelled.push(arg);
    } else if (option.type === "boolean") {
      spelled.push(`--${name}=true`);
      if (short !== undefined && arg.length > 2) rest.unshift(`-${arg.slice(2)}`);
    } else if (short !== undefined && arg.length > 2) {
      spelled.push(`--${name}=${arg.slice(arg[2] === "=" ? 3 : 2)}`);
    } else if (rest.length > 0 && !looksLikeOption(rest[0]!)) {
      spelled.push(`--${name}=${rest.shift()}`);
    } else {
      spelled.push(`--${name}`);
    }
  }
  return spelled;
}

/** Whether an argument is an option, rather than a value such as `-` or `-5`. */
export function looksLikeOption(arg: string): boolean {
  return /^-[^\d.]/.test(arg);
}
