import { type Choices, type CommandForm, type Flag, type Grammar, quoted } from "./grammar.ts";

/** The completion script for zsh: a function for `$fpath`, or to be read with `source`. */
export function zshScript({ flags, forms }: Grammar): string {
  const commands = forms.filter(({ spider }) => spider === null);
  const described = commands.map(({ command, summary }) =>
    quoted(`${escape(command)}:${escape(summary)}`)
  );
  return [
    "#compdef spider",
    "# Completion of spider for zsh, made by `spider completion zsh`.",
    "",
    "_spider() {",
    "  local curcontext=$curcontext state line",
    "  local -a commands named",
    "  typeset -A opt_args",
    ...call("  ", [...flags.map(option), "'1:command:->command'", "'*::argument:->argument'"]),
    "  case $state in",
    "    command)",
    "      commands=(",
    ...described.map((line) => `        ${line}`),
    "      )",
    "      _describe -t commands command commands",
    "      ;;",
    "    argument)",
    "      case $words[1] in",
    ...commands.flatMap((form) => [
      `        ${form.command})`,
      ...ofCommand(form, forms.filter((other) => isSpiderOf(form, other))),
      "          ;;",
    ]),
    "      esac",
    "      ;;",
    "  esac",
    "}",
    "",
    "if [[ $funcstack[1] == _spider ]]; then",
    '  _spider "$@"',
    "else",
    "  compdef _spider spider",
    "fi",
    "",
  ].join("\n");
}

function isSpiderOf({ command }: CommandForm, other: CommandForm): boolean {
  return other.command === command && other.spider !== null;
}

function ofCommand(form: CommandForm, spiders: readonly CommandForm[]): string[] {
  if (spiders.length === 0) return call("          ", specs(form));
  const names = spiders.map(({ spider }) => spider);
  return [
    `          named=(\${(M)words:#(${names.join("|")})})`,
    "          case $named[1] in",
    ...spiders.flatMap((spider) => [
      `            ${spider.spider})`,
      ...call("              ", specs(spider)),
      "              ;;",
    ]),
    "            *)",
    ...call("              ", specs(form)),
    "              ;;",
    "          esac",
  ];
}

function call(indent: string, specs: readonly string[]): string[] {
  return ["_arguments -C", ...specs.map((spec) => `  ${spec}`)]
    .map((line, at, all) => `${indent}${line}${at < all.length - 1 ? " \\" : ""}`);
}

function specs({ flags, operands }: CommandForm): string[] {
  return [
    ...flags.map(option),
    ...operands.map((operand, at) =>
      quoted(`${operand.repeated ? "*" : at + 1}:${escape(operand.name)}:${action(operand)}`)
    ),
  ];
}

function option({ long, short, summary, value, repeated }: Flag): string {
  const rest = `[${escape(summary)}]` +
    (value === null ? "" : `:${escape(value.name)}:${action(value)}`);
  const spelling = value === null ? long : `${long}=`;
  if (short === null) return quoted(`${repeated ? "*" : ""}${spelling}${rest}`);
  // Both spellings of one option; either excludes the other
  const one = value === null ? short : `${short}+`;
  return `${repeated ? "'*'" : quoted(`(${long} ${short})`)}{${one},${spelling}}${quoted(rest)}`;
}

function action({ words, files }: Choices): string {
  if (files) return "_files";
  return words.length > 0 ? `(${words.map(escape).join(" ")})` : " ";
}

/** What means something to _arguments and _describe. */
function escape(text: string): string {
  return text.replaceAll(/[\\[\]:()]/g, (character) => `\\${character}`);
}
