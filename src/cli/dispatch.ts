import type { Command, Context } from "./command.ts";
import type { Style } from "./help/terminal.ts";
import { UsageError } from "../host/usage_error.ts";
import { writeText } from "../result/write_whole.ts";

// Each command line needs only some of these; loading takes longer than most of them
const help = () => import("./help/shown.ts");
const parser = () => import("./parse.ts");
const usage = () => import("./usage.ts");

/**
 * Does what a command line asks for, and returns the exit status. `style` is that of standard output.
 *
 * @throws {UsageError} when the command line is wrong; whatever the command throws
 */
export async function dispatch(
  args: readonly string[],
  context: Context,
  style: Style,
): Promise<number> {
  const { commands, topics, stdout } = context;
  const print = (text: string) => writeText(stdout, text);
  const surroundings = { context, style, print };
  const [first, ...rest] = pluginAsCommand(args);
  if (first === undefined || ["--help", "-h"].includes(first)) {
    print((await help()).programHelp(await commands.all(), topics, style));
    return 0;
  }
  if (first === "--version") {
    const asked = rest.find((arg) => arg !== "--json");
    if (asked !== undefined) throw new UsageError(`--version takes --json alone, not ${asked}`);
    const { about, text } = await import("./about.ts");
    const found = await about();
    print(rest.length > 0 ? `${JSON.stringify(found)}\n` : text(found));
    return 0;
  }
  if (first === "help") return await runHelp(rest, surroundings);
  const command = await commands.named(first);
  if (command !== undefined) return await runCommand(command, rest, surroundings);
  const all = await commands.all();
  await checkNoSpider(first, all);
  if (topics.some(({ name }) => name === first)) {
    throw new UsageError(`${first} is a topic, not a command: spider help ${first}`);
  }
  return await runCommand(await find(first, all), rest, surroundings);
}

/** Does what follows `help`. */
async function runHelp(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { context, style, print } = surroundings;
  const { commands, topics } = context;
  const [word, ...rest] = args;
  const topic = topics.find(({ name }) => name === word);
  if (topic !== undefined) {
    const more = rest.find((arg) => !["--help", "-h"].includes(arg));
    if (more !== undefined) throw new UsageError(`help ${word} does not take ${more}`);
    print(await (await help()).topicHelp(topic, style));
    return 0;
  }
  if (word !== undefined && !word.startsWith("-") && await commands.named(word) === undefined) {
    const all = await commands.all();
    await checkNoSpider(word, all);
    const names = [...all, ...topics].map(({ name }) => name);
    throw (await usage()).unknownName("command or topic", word, names, "see spider --help");
  }
  return await dispatch([...args, "--help"], context, style);
}

/** The error for a spider's name in place of a command. */
async function checkNoSpider(name: string, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    const names = (await command.spiders?.())?.spiderNames() ?? [];
    if (!names.includes(name)) continue;
    throw new UsageError(`${name} is a spider, not a command: spider ${command.name} ${name}`);
  }
}

/** What is the same for all commands. */
interface Surroundings {
  readonly context: Context;
  readonly style: Style;
  readonly print: (text: string) => void;
}

/** Does what a command line asks for behind the name of a command. */
export async function dispatchTo(
  command: Command,
  args: readonly string[],
  context: Context,
  style: Style,
): Promise<number> {
  const print = (text: string) => writeText(context.stdout, text);
  return await runCommand(command, args, { context, style, print });
}

/** Does what follows a command's name. */
async function runCommand(
  command: Command,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { context, style, print } = surroundings;
  const { commands = [], isGroup } = command;
  const [word, ...rest] = args;
  if (isGroup && (word === undefined || ["--help", "-h"].includes(word))) {
    print((await help()).groupHelp(command, style));
    return 0;
  }
  if (word !== undefined && (isGroup || commands.some(({ name }) => name === word))) {
    const { name, ...found } = await find(word, commands, command.name);
    return await runCommand({ ...found, name: `${command.name} ${name}` }, rest, surroundings);
  }
  const parsed = await (await parser()).parse(command, args, context);
  if (!parsed.help) {
    // The worker of a spider starts while the command is loaded
    const [invocation, { run }] = await Promise.all([parsed.invocation, command.load()]);
    return await run(invocation, context);
  }
  const spiders = parsed.spider === null ? (await command.spiders?.())?.spiderNames() ?? [] : [];
  print((await help()).commandHelp(command, parsed.spider, spiders, style));
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
    throw new UsageError("--plugin needs a spider's name, file or URL; see spider measure --help");
  }
  return ["measure", name, ...args.slice(0, at), ...args.slice(at + (joined ? 1 : 2))];
}

async function find(
  name: string,
  commands: readonly Command[],
  above?: string,
): Promise<Command> {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  const { unknownName } = await usage();
  const names = commands.map(({ name }) => name);
  if (above !== undefined) {
    throw unknownName(`command of ${above}`, name, names, `there is ${names.join(", ")}`);
  }
  const otherwise = "see spider --help";
  if (!name.startsWith("-")) throw unknownName("command", name, [...names, "help"], otherwise);
  const flag = name.split("=")[0]!;
  throw unknownName("option", flag, ["--help", "--version", "--plugin"], otherwise);
}
