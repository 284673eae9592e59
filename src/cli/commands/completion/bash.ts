import { type Choices, type CommandForm, type Flag, type Grammar, quoted } from "./grammar.ts";

/** The completion script for bash 4.4 or later. */
export function bashScript({ flags, forms }: Grammar): string {
  const commands = forms.filter(({ spider }) => spider === null);
  const program = {
    key: "",
    flags,
    choices: [choicesAt(["1"], { words: commands.map(({ command }) => command), files: false })],
  };
  const all = [program, ...forms.map(described)];
  return [
    "# Completion of spider for bash, made by `spider completion bash`.",
    "",
    "# Sets flags and valued (those that take a value) to what may follow the words in $1.",
    "_spider_form() {",
    "  case $1 in",
    ...all.flatMap(({ key, flags }) => [
      `    ${quoted(key)})`,
      `      flags=(${flags.flatMap(spellings).map(quoted).join(" ")})`,
      `      valued=(${
        flags.filter(({ value }) => value).flatMap(spellings).map(quoted).join(" ")
      })`,
      "      ;;",
    ]),
    "    *) return 1 ;;",
    "  esac",
    "}",
    "",
    "# Sets words and files to what may stand, after the words in $1, at $2: an option's value or the",
    "# number of a word that is no option, * for every further one.",
    "_spider_choices() {",
    '  case "$1:$2" in',
    ...all.flatMap(({ key, choices }) =>
      choices.flatMap(({ at, words, files }) => [
        `    ${at.map((name) => quoted(`${key}:${name}`)).join(" | ")})`,
        `      words=(${words.map(quoted).join(" ")})`,
        ...(files ? ["      files=yes"] : []),
        "      ;;",
      ])
    ),
    "    *) return 1 ;;",
    "  esac",
    "}",
    "",
    BODY,
  ].join("\n");
}

function described({ command, spider, flags, operands }: CommandForm) {
  const values = flags.flatMap((flag) =>
    flag.value === null ? [] : [choicesAt(spellings(flag), flag.value)]
  );
  const positions = operands.map((operand, at) =>
    choicesAt([operand.repeated ? "*" : String(at + 1)], operand)
  );
  const key = spider === null ? command : `${command} ${spider}`;
  return { key, flags, choices: [...values, ...positions] };
}

function choicesAt(at: readonly string[], { words, files }: Choices) {
  return { at, words, files };
}

function spellings({ long, short }: Flag): string[] {
  return short === null ? [long] : [long, short];
}

/** COMP_WORDS holds the = of --flag=value as a word of its own. */
const BODY = `_spider() {
  local cur=\${COMP_WORDS[COMP_CWORD]} form='' flag='' files='' position=1 i word value
  local -a flags=() valued=() words=()
  COMPREPLY=()
  _spider_form ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      [[ " \${valued[*]} " == *" $word "* ]] || continue
      value=$((i + 1))
      if [[ \${COMP_WORDS[value]} == = ]]; then
        [[ $value -eq $COMP_CWORD ]] && cur=''
        value=$((value + 1))
      fi
      if ((value >= COMP_CWORD)); then
        flag=$word
        break
      fi
      i=$value
    elif [[ -z $form ]]; then
      _spider_form "$word" || return 0
      form=$word
    else
      _spider_form "$form $word" && form="$form $word"
      position=$((position + 1))
    fi
  done
  if [[ -n $flag ]]; then
    _spider_choices "$form" "$flag"
  elif [[ $cur == -* ]]; then
    words=("\${flags[@]}")
  else
    _spider_choices "$form" "$position" || _spider_choices "$form" '*'
  fi
  for word in "\${words[@]}"; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
  if [[ -n $files ]]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$cur")
  fi
}

complete -F _spider spider
`;
