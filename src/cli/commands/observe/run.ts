import type { Chain, ChainFields } from "../../../contract/chain.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { chains } from "../../../observe/chains.ts";
import { cleanedLines } from "../../../target/quote.ts";
import { writeText } from "../../../result/write_whole.ts";
import type { ObserveRequest } from "../../../run/observe_request.ts";
import { ObserveRun } from "../../../run/observe_run.ts";
import type { Context } from "../../command.ts";
import { findingOf } from "../../plugin_options.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import { formsOf } from "./forms.ts";
import { type ObserveInvocation, outputOf } from "./options.ts";
import { isPcapng, ObserveOutputs } from "./outputs.ts";
import { observeLine, statisticsLine } from "./status.ts";
import { checkObserve, namesFile } from "./usage.ts";

/** Progress is drawn when it takes longer than this many milliseconds. */
const PROGRESS_AFTER = 1000;

/** Runs `spider observe`. */
export async function run(
  invocation: ObserveInvocation,
  context: Context,
): Promise<number> {
  const { stdout, stderr } = context;
  const tell = teller(stderr);
  const { options } = invocation;
  const own = await ownChains(invocation, context);
  if (options["list-chains"]) {
    await listChains(own, invocation, context);
    return 0;
  }
  checkObserve(invocation, stdout);
  const forms = await formsOf({ ...options, stdout });
  const request = requestOf(invocation, own);
  let progress: Progress | null = null;
  const say = (text: string) => progress === null ? tell(text) : progress.say(cleanedLines(text));
  using run = new ObserveRun(request, {
    sink: (opened) => new ObserveOutputs({ ...options, stdout }, forms, opened, inputsOf(request)),
    listener: {
      waiting: (name, why) => say(`${name}: ${why}; waiting for it`),
      found: (name) => say(`${name}: the interface is there`),
      ended(statistics) {
        tell(statisticsLine(statistics));
        for (const remark of statistics.remarks) tell(`${remark}.`);
      },
    },
  });
  using interruption = new Interruption(() => {});
  if (run.device !== null && stderr.isTerminal()) {
    tell(`Waiting for packets on ${run.device}; Ctrl-C ends in order.`);
  }
  progress = mayDraw(options, stdout)
    ? new Progress(() => observeLine(run.state), PROGRESS_AFTER, stderr)
    : null;
  const failure = await run.observe(interruption.signal);
  progress?.stop();
  const { ended } = await run.end(failure ?? uncaught());
  return ended === "interrupted" && run.device === null ? INTERRUPTED : 0;
}

/** The chains that are plugins: those of --chain, and names that do not ship with the program. */
async function ownChains(
  { options, positionals }: ObserveInvocation,
  context: Context,
): Promise<readonly Chain[]> {
  const shipped = chains().map(({ name }) => name);
  const words = [...positionals.filter((name) => !shipped.includes(name)), ...options.chain];
  if (words.length === 0) return []; // and what checks plugins is not loaded
  const { chainNames, loadChain } = await import("../../../plugin/chains.ts");
  const settings = findingOf(options, context);
  return await Promise.all(words.map(async (word) => {
    const chain = await loadChain(word, settings);
    if (chain !== undefined) return chain;
    const { unknownPlugin } = await import("../../usage.ts");
    const names = [...shipped, ...await chainNames(settings)];
    throw unknownPlugin("chain", word, names, "see spider observe --list-chains");
  }));
}

/** What the command line asks for. */
function requestOf(
  { options, positionals }: ObserveInvocation,
  own: readonly Chain[],
): ObserveRequest {
  const { filter, count, duration, snaplen, idle, linger, active } = options;
  const names = options.interface;
  const file = names.find(namesFile);
  return {
    source: file === undefined ? { interfaces: names, wait: options.wait } : { file },
    chains: [...positionals.filter((name) => !own.some((chain) => chain.name === name)), ...own],
    filter,
    count,
    duration,
    snaplen,
    idle,
    linger,
    active,
    maxFlows: options["max-flows"],
    decapsulate: !options["no-decap"],
    numbersFlows: options.write !== undefined && isPcapng(options.write),
  };
}

/** The files that are read, and so must not be written. */
function inputsOf({ source }: ObserveRequest): string[] {
  if (!("file" in source)) return [];
  return [source.file === STANDARD ? "/dev/stdin" : source.file];
}

/** Whether the progress would not disturb records on the same terminal. */
function mayDraw(
  options: ObserveInvocation["options"],
  stdout: OutputStream,
): boolean {
  return options.summary || outputOf(options) !== STANDARD || !stdout.isTerminal();
}

/** Lists the chains that ship with the program, those that are named, and the plugins that can be. */
async function listChains(
  own: readonly Chain[],
  { options }: ObserveInvocation,
  context: Context,
): Promise<void> {
  const { describedChains } = await import("../../../plugin/chains.ts");
  const declared = own.map(({ name, summary, fields }) => ({
    name,
    summary: summary ?? "",
    ends: null,
    fields: Object.entries(fields as ChainFields).map(([name, field]) => ({ name, ...field })),
  }));
  // Their fields are known once they run
  const others = (await describedChains(findingOf(options, context)))
    .filter(({ name }) => !own.some((chain) => chain.name === name))
    .map(({ name, summary, place }) => ({
      name,
      summary: `${summary ?? ""} (${place})`,
      ends: null,
      fields: [],
    }));
  for (const { name, summary, ends, fields } of [...chains(), ...declared, ...others]) {
    const lines = fields.map((field) => `  ${field.name} (${field.type}): ${field.summary}\n`);
    if (ends !== null) lines.unshift(`  ends a flow that a measurement waits for: ${ends}\n`);
    writeText(context.stdout, `${`${name}: ${summary}`.trimEnd()}\n${lines.join("")}`);
  }
}
