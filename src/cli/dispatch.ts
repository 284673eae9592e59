import type { Command } from "./command.ts";
import { commandHelp, programHelp, type Style } from "./help.ts";
import { parse } from "./parse.ts";
import { unknownName, UsageError } from "./usage.ts";

/**
 * Does what a command line asks for, and returns the exit status. `print` writes to standard
 * output.
 *
 * @throws {UsageError} when the command line is wrong; whatever the command throws
 */
export async function dispatch(
  args: readonly string[],
  commands: readonly Command[],
  style: Style,
  print: (text: string) => void,
): Promise<number> {
  const [first, ...rest] = pluginAsCommand(args);
  if (first === undefined || ["--help", "-h"].includes(first)) {
    print(programHelp(commands, style));
    return 0;
  }
  if (first === "--version") {
    const { about, text } = await import("./about.ts");
    const asked = rest.find((arg) => arg !== "--json");
    if (asked !== undefined) throw new UsageError(`--version takes --json alone, not ${asked}`);
    const found = await about();
    print(rest.length > 0 ? `${JSON.stringify(found)}\n` : text(found));
    return 0;
  }
  if (first === "help") {
    return await dispatch([...rest, "--help"], commands, style, print);
  }
  const command = find(first, commands);
  const parsed = await parse(command, rest);
  if (!parsed.help) return await (await command.load()).run(parsed.invocation);
  const spiders = parsed.spider === null ? (await command.spiders?.())?.spiderNames() ?? [] : [];
  print(commandHelp(command, parsed.spider, spiders, style));
  return 0;
}

/** Turns `--plugin NAME ...` into `measure NAME ...`. */
function pluginAsCommand(args: readonly string[]): readonly string[] {
  if (!args[0]?.startsWith("-")) return args;
  const at = args.findIndex((arg) => arg === "--plugin" || arg.startsWith("--plugin="));
  if (at < 0) return args;
  const joined = args[at]!.startsWith("--plugin=");
  const name = joined ? args[at]!.slice("--plugin=".length) : args[at + 1];
  if (name === undefined || name === "" || name.startsWith("-")) {
    throw new UsageError("--plugin needs the name of a spider; see spider measure --help");
  }
  return ["measure", name, ...args.slice(0, at), ...args.slice(at + (joined ? 1 : 2))];
}

function find(name: string, commands: readonly Command[]): Command {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  const otherwise = "see spider --help";
  if (!name.startsWith("-")) {
    throw unknownName("command", name, [...commands.map(({ name }) => name), "help"], otherwise);
  }
  const flag = name.split("=")[0]!;
  throw unknownName("option", flag, ["--help", "--version", "--plugin"], otherwise);
}
