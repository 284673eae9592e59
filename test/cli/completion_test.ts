import { assert, assertEquals } from "@std/assert";
import ecn from "../../plugins/spiders/ecn.ts";
import type { Command } from "../../src/cli/command.ts";
import { bashScript } from "../../src/cli/commands/completion/bash.ts";
import { fishScript } from "../../src/cli/commands/completion/fish.ts";
import { grammar } from "../../src/cli/commands/completion/grammar.ts";
import { zshScript } from "../../src/cli/commands/completion/zsh.ts";
import { topics } from "../../src/cli/help/topics.ts";
import { allCommands } from "../../src/cli/registry.ts";
import { spiderNames } from "../../src/plugin/spiders.ts";
import { Folder } from "../data/temporary.ts";
import { Published, source } from "../plugin/published.ts";
import { inProcess } from "../in_process.ts";
import { isInstalled } from "../program.ts";
import { sampleCommand } from "./sample.ts";

const commands = await allCommands();

/** The connection types of the ECN spider whose names begin so. */
const HTTP_TYPES = ecn.connect.filter((type) => type.startsWith("h"));
const COMMANDS = [...commands.map(({ name }) => name), "help"];

/** A test that runs a shell; skipped with a line where there is none. */
function shellTest(shell: string, name: string, fn: () => Promise<void>): void {
  const there = isInstalled(shell);
  Deno.test({ name: there ? name : `${name} (skipped: no ${shell})`, ignore: !there, fn });
}

async function shell(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    env: { TERM: "xterm", LC_ALL: "C.UTF-8" },
    ...cwd !== undefined && { cwd },
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stderr);
  assert(success && said === "", `${program}: ${said}`);
  return decoder.decode(stdout);
}

/** A command whose words mean something to shells, and a file. */
async function awkward() {
  const sample = sampleCommand();
  const command: Command = {
    ...sample,
    name: "awkward",
    refine: () => ({}),
    summary: `it's [a] "test": $(exit 1) \`x\` \\ *`,
    options: {
      mode: {
        type: "string",
        value: "MODE",
        choices: ["$(x)", "it's", "a:b"],
        summary: "it's [x]",
      },
      file: { type: "string", short: "f", value: "FILE", summary: "a (file): *" },
    },
  };
  return await grammar([command, ...commands], topics);
}

/** What bash offers for a command line whose last word is to be completed. */
async function bash(script: string, words: readonly string[], cwd?: string): Promise<string[]> {
  const driver = `
    source "$1"; shift
    [[ $(complete -p spider) == 'complete -F _spider spider' ]] || exit 9
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _spider
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = await shell("bash", ["-c", driver, "bash", script, ...words], cwd);
  return out.split("\n").filter((line) => line !== "");
}

async function written(folder: Folder, name: "bash" | "zsh" | "fish"): Promise<string> {
  const { code, out, err } = await inProcess(["completion", name]);
  assertEquals([code, err], [0, ""]);
  return folder.put(`script.${name}`, new TextEncoder().encode(out));
}

Deno.test("bash completes commands, spiders, chains, options, values and files", async () => {
  using folder = new Folder();
  const script = await written(folder, "bash");
  folder.put("my targets.csv", new Uint8Array());
  folder.put("ecn.txt", new Uint8Array());
  const offered = (...words: string[]) => bash(script, ["spider", ...words], folder.path);
  assertEquals(await offered(""), COMMANDS);
  assertEquals(await offered("me"), ["measure", "metadata"]);
  assertEquals(await offered("--v"), ["--version"]);
  assertEquals(await offered("measure", ""), [...spiderNames()]);
  assertEquals(await offered("measure", "-w", "7", "--input", "ecn", "ec"), ["ecn"]);
  assertEquals(await offered("measure", "ecn", ""), []);
  assertEquals(await offered("measure", "ecn", "--output"), ["--output", "--output-flows"]);
  assertEquals(await offered("measure", "ecn", "--connect", ""), ecn.connect);
  assertEquals(await offered("measure", "ecn", "--connect", "=", "ht"), HTTP_TYPES);
  assertEquals(await offered("measure", "ecn", "--connect", "="), ecn.connect);
  assertEquals(await offered("measure", "ecn", "--connect", "=", "http", "--rat"), ["--rate"]);
  assertEquals(await offered("measure", "--connect", ""), []);
  assertEquals(await offered("measure", "ecn", "-w", ""), []);
  assertEquals(await offered("measure", "ecn", "--input", "my"), ["my targets.csv"]);
  assertEquals(await offered("measure", "ecn", "--input", "=", "e"), ["ecn.txt"]);
  assertEquals(await offered("observe", "tcp", "ec"), ["ecn", "ecnx"]);
  assertEquals(await offered("filter", "--blocklist", "e"), ["ecn.txt"]);
  assertEquals(await offered("metadata", "e"), ["ecn.txt"]);
  assertEquals(await offered("completion", ""), ["bash", "zsh", "fish"]);
  assertEquals(await offered("help", "do"), ["doctor"]);
  assertEquals(await offered("help", "con"), ["conditions"]);
  assertEquals(await offered("nonsense", ""), []);
  const dscp = await offered("measure", "dscp", "--co");
  assertEquals(dscp.includes("--codepoint"), true);
  assertEquals((await offered("measure", "ecn", "--co")).includes("--codepoint"), false);
});

Deno.test("plugins that are there are offered, and those that are broken are not", async () => {
  await using published = new Published({});
  published.put("config/spider/plugins/own.ts", source({ name: '"own"' }));
  published.put("config/spider/plugins/broken.ts", "export default {};");
  published.put("config/spider/plugins/b;touch x.ts", "export default {};");
  const { code, out, err } = await published.run(["completion", "bash"]);
  assertEquals([code, err], [0, ""]);
  const script = published.put("script.bash", out);
  const offered = (...words: string[]) => bash(script, ["spider", ...words]);
  assertEquals(await offered("measure", "o"), ["own"]);
  assertEquals(await offered("measure", "b"), []);
  assertEquals(await offered("plugins", "check", "br"), ["broken"]);
  assertEquals(await offered("plugins", "remove", ""), []);
});

Deno.test("every option of every command and spider is offered by bash", async () => {
  using folder = new Folder();
  const script = await written(folder, "bash");
  for (const { command, spider, flags } of (await grammar(commands, topics)).forms) {
    const words = ["spider", command, ...spider === null ? [] : [spider], "-"];
    const expected = flags.flatMap(({ long, short }) => short === null ? [long] : [long, short]);
    assertEquals(await bash(script, words), expected, words.join(" "));
  }
});

Deno.test("bash takes no word of a declaration for its own", async () => {
  using folder = new Folder();
  const text = bashScript(await awkward());
  const script = folder.put("script", new TextEncoder().encode(text));
  await shell("bash", ["-n", script]);
  assertEquals(await bash(script, ["spider", "awkward", "--mode", ""]), ["$(x)", "it's", "a:b"]);
  assertEquals(await bash(script, ["spider", "awkward", "mark", "-"]), [
    ...["--mode", "--file", "-f", "--codepoint", "-c", "--help", "-h"],
  ]);
});

shellTest("fish", "fish completes commands, spiders, options, values and files", async () => {
  using folder = new Folder();
  const script = await written(folder, "fish");
  folder.put("targets.csv", new Uint8Array());
  const offered = async (line: string) => {
    const program = 'source "$argv[1]"; complete -C "$argv[2]"';
    const args = ["--no-config", "-c", program, script, line];
    const out = await shell("fish", args, folder.path);
    return out.split("\n").filter((line) => line !== "").map((line) => line.split("\t")[0]!);
  };
  assertEquals(await offered("spider "), COMMANDS.toSorted());
  assertEquals(await offered("spider measure "), spiderNames().toSorted());
  assertEquals(await offered("spider measure ecn "), []);
  assertEquals(await offered("spider measure ecn --connect "), ecn.connect.toSorted());
  assertEquals(
    await offered("spider measure ecn --connect=h"),
    HTTP_TYPES.map((type) => `--connect=${type}`),
  );
  assertEquals(await offered("spider measure ecn --input ta"), ["targets.csv"]);
  assertEquals(await offered("spider measure ecn --rate "), []);
  assertEquals(await offered("spider measure dscp --codep"), ["--codepoint"]);
  assertEquals(await offered("spider measure ecn --codep"), []);
  assertEquals(await offered("spider metadata ta"), ["targets.csv"]);
  assertEquals(await offered("spider observe ec"), ["ecn"]);
  const text = fishScript(await awkward());
  await shell("fish", ["-n", folder.put("awkward", new TextEncoder().encode(text))]);
});

/** What zsh makes of command lines when Tab is pressed behind them, in a terminal of its own. */
async function zsh(script: string, lines: readonly string[], cwd: string): Promise<string[]> {
  const driver = `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "PS1=; autoload -U compinit; compinit -u -D; source $1; setopt nobeep"
    zpty -w z 'tell() { zle complete-word; print -r -- "<$BUFFER>"; zle send-break }'
    zpty -w z "zle -N tell; bindkey '^X' tell; echo REA''DY"
    zpty -r z out '*READY*' || exit 8
    shift
    for line in "$@"; do
      zpty -w -n z "$line"$'\\C-X'
      zpty -r z out '*<*>*' || exit 9
      print -r -- "\${\${out##*<}%%>*}"
    done
    zpty -d z`;
  const out = await shell("zsh", ["-f", "-c", driver, "zsh", script, ...lines], cwd);
  return out.trimEnd().split("\n").map((line) => line.trimEnd());
}

shellTest("zsh", "zsh completes commands, spiders, options, values and files", async () => {
  using folder = new Folder();
  const script = await written(folder, "zsh");
  folder.put("targets.csv", new Uint8Array());
  const cases: [string, string][] = [
    ["spider mea", "spider measure"],
    ["spider measure ec", "spider measure ecn"],
    ["spider measure ecn --connect=ht", "spider measure ecn --connect=http"],
    ["spider measure ecn --connect ht", "spider measure ecn --connect http"],
    ["spider measure dscp --codep", "spider measure dscp --codepoint="],
    ["spider measure ecn --codep", "spider measure ecn --codep"],
    ["spider measure ecn --input ta", "spider measure ecn --input targets.csv"],
    ["spider filter --excl", "spider filter --exclude-prefix="],
    ["spider filter -4 --prefix x --prefi", "spider filter -4 --prefix x --prefix="],
    ["spider metadata ta", "spider metadata targets.csv"],
    ["spider observe tcp ec", "spider observe tcp ecn"],
    ["spider completion f", "spider completion fish"],
    ["spider help doc", "spider help doctor"],
  ];
  const made = await zsh(script, cases.map(([line]) => line), folder.path);
  assertEquals(made, cases.map(([, line]) => line));
  const text = zshScript(await awkward());
  const odd = folder.put("awkward", new TextEncoder().encode(text));
  await shell("zsh", ["-n", odd]);
  const kept = await zsh(
    odd,
    ["spider awk", "spider awkward --mo", "spider measure ec"],
    folder.path,
  );
  assertEquals(kept, ["spider awkward", "spider awkward --mode=", "spider measure ecn"]);
});

Deno.test("a shell that is not known is a wrong command line", async () => {
  const { code, err } = await inProcess(["completion", "fihs"]);
  assertEquals([code, err], [2, "spider: unknown shell fihs; did you mean fish?\n"]);
  assertEquals((await inProcess(["completion"])).code, 2);
});
