import { STANDARD } from "../../../host/standard.ts";
import { UsageError } from "../../../host/usage_error.ts";
import type { Command, Context, Invocation } from "../../command.ts";
import { dispatchTo } from "../../dispatch.ts";
import { HELP_WIDTH, styleOf } from "../../terminal/style.ts";
import { unknownName } from "../../usage.ts";
import type { MeasureInvocation } from "../measure/options.ts";
import { accessOf } from "./access.ts";
import { following } from "./following.ts";
import { measureThere } from "./measure.ts";
import { REMOTE_COMMANDS, type RemoteCommand } from "./names.ts";
import type { RemoteInvocation } from "./options.ts";
import { probeThere } from "./probe.ts";
import { measurementId, measurementRecord } from "./record.ts";
import { optionsThere } from "./refused.ts";
import { Session } from "./session.ts";
import { spidersOf } from "./spiders.ts";

/** Runs `spider remote`. */
export async function run(
  { options, positionals }: RemoteInvocation,
  context: Context,
): Promise<number> {
  const [url = "", name, ...args] = positionals;
  const { attach, detach } = options;
  checkTogether(options, name);
  const style = styleOf(context.stdout, HELP_WIDTH);
  using session = new Session(accessOf(url, options), context);
  if (attach !== undefined) return await attached(session, attach, options);
  const command = await commandThere(commandNamed(name), args, session, detach);
  return await dispatchTo(command, args, context, style);
}

/** @throws {UsageError} when something is missing, or does not go together */
function checkTogether(
  { attach, detach, output, verbose }: RemoteInvocation["options"],
  name: string | undefined,
): void {
  if (attach !== undefined && (name !== undefined || detach)) {
    throw new UsageError(`--attach stands in place of ${detach ? "--detach" : name}; give one`);
  }
  if (detach && name !== "measure") throw new UsageError("--detach goes with measure");
  if (attach !== undefined) return;
  const idle = output !== STANDARD ? "output" : verbose ? "verbose" : undefined;
  if (idle === undefined) return;
  throw new UsageError(`--${idle} of spider remote goes with --attach: put it behind ${name}`);
}

function commandNamed(name: string | undefined): RemoteCommand {
  const all = REMOTE_COMMANDS.join(", ");
  if (name === undefined) throw new UsageError(`remote needs a COMMAND (${all}), or --attach`);
  const known = REMOTE_COMMANDS.find((one) => one === name);
  if (known !== undefined) return known;
  throw unknownName("command of a server", name, REMOTE_COMMANDS, `there is ${all}`);
}

/** Follows a measurement that was asked for before. */
async function attached(
  session: Session,
  id: string,
  { output, verbose }: RemoteInvocation["options"],
): Promise<number> {
  if (!measurementId.safeParse(id).success) {
    throw new UsageError(`--attach must be the id of a measurement, not ${id}`);
  }
  const record = await session.server.record(measurementRecord, `measurements/${id}`);
  const skipped = { count: 0, first: [] };
  const lineOf = (target: number) => target;
  return await following(session, record, { output, input: STANDARD, skipped, lineOf, verbose });
}

/** A command as it is declared for this host, with what a server takes of its options, run there. */
async function commandThere(
  name: RemoteCommand,
  args: string[],
  session: Session,
  detach: boolean,
): Promise<Command> {
  const local = await LOCAL[name]();
  const there = {
    ...local,
    name: `remote URL ${name}`,
    about: [`As spider ${name} does on this host: see spider ${name} --help.`],
    examples: [],
    options: optionsThere(name, local.options, args),
  };
  const runs = (run: (invocation: Invocation) => Promise<number>) => ({
    load: () => Promise.resolve({ run }),
  });
  if (name !== "measure") {
    return { ...there, ...runs((invocation) => probeThere(session, name, invocation)) };
  }
  let spiders: ReturnType<typeof spidersOf> | undefined;
  return {
    ...there,
    spiders: () => spiders ??= spidersOf(session.server),
    ...runs((invocation) => measureThere(session, invocation as MeasureInvocation, { detach })),
  };
}

const LOCAL: Readonly<Record<RemoteCommand, () => Promise<Command>>> = {
  measure: async () => (await import("../measure/command.ts")).measure,
  ping: async () => (await import("../ping/command.ts")).ping,
  trace: async () => (await import("../trace/command.ts")).trace,
  locate: async () => (await import("../locate/command.ts")).locate,
};
