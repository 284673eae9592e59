import type { Choices, CommandForm, Flag, Grammar } from "./grammar.ts";

/** The completion script for fish. */
export function fishScript({ flags, forms }: Grammar): string {
  const commands = forms.filter(({ spider }) => spider === null);
  return [
    "# Completion of spider for fish, made by `spider completion fish`.",
    "complete -c spider -f",
    ...flags.map((flag) => line("__fish_use_subcommand", flag)),
    ...commands.map(({ command, summary }) =>
      complete("__fish_use_subcommand", "-a", quoted(command), "-d", quoted(summary))
    ),
    ...commands.flatMap((form) => ofCommand(form, forms.filter((other) => runs(form, other)))),
    "",
  ].join("\n");
}

function runs({ command }: CommandForm, other: CommandForm): boolean {
  return other.command === command && other.spider !== null;
}

function ofCommand(form: CommandForm, spiders: readonly CommandForm[]): string[] {
  const within = `__fish_seen_subcommand_from ${form.command}`;
  const names = spiders.map(({ spider }) => spider!);
  const unnamed = spiders.length === 0
    ? within
    : `${within}; and not __fish_seen_subcommand_from ${names.join(" ")}`;
  // Entries common to every spider are written once; fish would list duplicates
  const always = form.flags.filter((flag) => spiders.every(({ flags }) => has(flags, flag)));
  return [
    ...always.map((flag) => line(within, flag)),
    ...form.flags.filter((flag) => !always.includes(flag)).map((flag) => line(unnamed, flag)),
    ...spiders.map(({ spider, summary }) =>
      complete(unnamed, "-a", quoted(spider!), "-d", quoted(summary))
    ),
    ...form.operands.slice(spiders.length > 0 ? 1 : 0).flatMap((operand) => {
      const words = choices(operand);
      return words.length === 0 ? [] : [complete(within, ...words)];
    }),
    ...spiders.flatMap(({ spider, flags }) =>
      flags.filter((flag) => !has(always, flag))
        .map((flag) => line(`${within}; and __fish_seen_subcommand_from ${spider}`, flag))
    ),
  ];
}

function has(flags: readonly Flag[], flag: Flag): boolean {
  return flags.some((other) => JSON.stringify(other) === JSON.stringify(flag));
}

function line(condition: string, { long, short, summary, value }: Flag): string {
  const spelling = ["-l", long.slice(2), ...(short === null ? [] : ["-s", short.slice(1)])];
  const argument = value === null ? [] : [value.files ? "-r" : "-x", ...choices(value)];
  return complete(condition, ...spelling, ...argument, "-d", quoted(summary));
}

function choices({ words, files }: Choices): string[] {
  if (files) return ["-F"];
  return words.length > 0 ? ["-a", quoted(words.join(" "))] : [];
}

function complete(condition: string, ...words: readonly string[]): string {
  return `complete -c spider -n ${quoted(condition)} ${words.join(" ")}`;
}

/** A word in single quotes, as fish reads them. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, (character) => `\\${character}`)}'`;
}
