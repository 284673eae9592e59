import { Capture } from "../../../host/capture.ts";
import type { Chain, ChainFields } from "../../../contract/chain.ts";
import { wallClock } from "../../../host/clock.ts";
import { Failure } from "../../../host/failure.ts";
import { defaultInterface, interfaceNamed } from "../../../host/interface.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { chains } from "../../../observe/chains.ts";
import { FlowTable } from "../../../observe/flow_table.ts";
import { Limits } from "../../../observe/limits.ts";
import { BATCH, observeFile, observeLive } from "../../../observe/observe.ts";
import { type Ending, statistics } from "../../../observe/statistics.ts";
import { loadChain } from "../../../plugin/chains.ts";
import { writeText } from "../../../result/write_whole.ts";
import type { Context } from "../../command.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import type { ObserveInvocation } from "./options.ts";
import { observeLine, statisticsLine } from "./status.ts";
import { checkObserve } from "./usage.ts";
import { Progress } from "../../terminal/progress.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import { unknownName } from "../../usage.ts";
import { ObserveOutputs } from "./outputs.ts";

const KERNEL_BUFFER = 64 << 20;
const GATHER_MS = 20;
const FILE_INPUT = 64 << 20;
/** Progress is drawn when it takes longer than so many milliseconds. */
const PROGRESS_AFTER = 1000;

/** Runs `spider observe`. */
export async function run(
  invocation: ObserveInvocation,
  { stdout, stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const { options, positionals } = invocation;
  const own = await Promise.all(options.chain.map(loadChain));
  if (options["list-chains"]) {
    listChains(own, stdout);
    return 0;
  }
  checkObserve(invocation);
  const chosen = checkedChains(positionals);
  const source = options.interface ?? defaultInterface();
  const live = !isFile(source);
  using capture = open(source, live, options);
  const table = new FlowTable({
    chains: [...chosen, ...own],
    idle: options.idle,
    linger: options.linger,
    maxFlows: options["max-flows"],
    input: live ? Math.min(BATCH * (options.snaplen + 16) + 1, FILE_INPUT) : FILE_INPUT,
  });
  table.checkLink(capture.linkType, capture.linkName);
  const outputs = new ObserveOutputs(
    { ...options, stdout },
    fieldsOf(chosen, own),
    capture,
    inputs(source, live),
  );
  using interruption = new Interruption(() => {});
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const limits = new Limits({
    count: options.count,
    duration: options.duration,
    from: live ? wallClock() : undefined,
  });
  if (live && stderr.isTerminal()) {
    tell(`Waiting for packets on ${capture.device}; Ctrl-C ends in order.`);
  }
  const progress = mayDraw(options, stdout) ? new Progress(state, PROGRESS_AFTER, stderr) : null;

  // Each step is tried whatever became of the ones before; the first error is the one to tell
  const errors: unknown[] = [];
  const attempt = async (step: () => void | Promise<void>) => {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(() =>
    (live ? observeLive : observeFile)({
      capture,
      table,
      limits,
      records: outputs.records,
      packets: outputs.packets,
      room: (stop) => outputs.room(stop),
      stop: interruption.signal,
    })
  );
  const stray = uncaught();
  if (stray !== null) errors.push(stray);
  progress?.stop();
  if (errors.length === 0) await attempt(() => outputs.end());
  const found = statistics(capture, table, {
    source,
    ended: ending(),
    fault: capture.fault ?? (errors[0] as Error | undefined)?.message ?? null,
    elapsed: seconds(),
    counts: live ? capture.counts() : null,
  });
  tell(statisticsLine(found));
  await attempt(() => outputs.report(found));
  await attempt(() => outputs.close());
  if (errors.length > 0) throw errors[0];
  if (capture.fault !== null) {
    throw new Failure(
      `${source} breaks off: ${capture.fault}; the flow records of all packets before it were written`,
    );
  }
  return found.ended === "interrupted" && !live ? INTERRUPTED : 0;

  function ending(): Ending {
    if (errors.length > 0 || capture.fault !== null) return "fault";
    return interruption.signal.aborted ? "interrupted" : limits.reached ?? "end";
  }

  function state(): string {
    const { packets, flows } = table.stats();
    return observeLine({
      packets: packets!,
      flows: flows!,
      drops: live ? capture.counts().dropped : 0,
      seconds: seconds(),
      share: capture.share,
    });
  }
}

function open(source: string, live: boolean, options: ObserveInvocation["options"]): Capture {
  const capture = live
    ? Capture.live(interfaceNamed(source).name, {
      snaplen: options.snaplen,
      bufferSize: KERNEL_BUFFER,
      timeoutMs: GATHER_MS,
    })
    : Capture.file(source);
  try {
    if (options.filter !== undefined) capture.filter(options.filter);
  } catch (error) {
    capture.close();
    throw error;
  }
  return capture;
}

/** What ends in .pcap or .pcapng, also with .gz, or is a path, or `-`, is a capture file. */
function isFile(source: string): boolean {
  return source === STANDARD || source.includes("/") || /\.pcap(ng)?(\.gz)?$/.test(source);
}

/** The files that are read, and so must not be written. */
function inputs(source: string, live: boolean): string[] {
  return live ? [] : [source === STANDARD ? "/dev/stdin" : source];
}

/** The named chains, and basic, which is always on. */
function checkedChains(given: readonly string[]): string[] {
  const names = chains().map((chain) => chain.name);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown === undefined) return ["basic", ...given];
  throw unknownName("chain", unknown, names, "see spider observe --list-chains");
}

/** The fields of a record with these chains, in their order. */
function fieldsOf(chosen: readonly string[], own: readonly Chain[]): string[] {
  const declared = chains().filter(({ name }) => chosen.includes(name))
    .flatMap(({ fields }) => fields.map(({ name }) => name));
  return [...declared, ...own.flatMap(({ fields }) => Object.keys(fields as ChainFields))];
}

/** Whether the progress would not disturb records on the same terminal. */
function mayDraw(
  { output, summary }: ObserveInvocation["options"],
  stdout: OutputStream,
): boolean {
  return summary || output !== STANDARD || !stdout.isTerminal();
}

function listChains(own: readonly Chain[], stdout: OutputStream): void {
  const declared = own.map(({ name, summary, fields }) => ({
    name,
    summary: summary ?? "",
    fields: Object.entries(fields as ChainFields).map(([name, field]) => ({ name, ...field })),
  }));
  for (const { name, summary, fields } of [...chains(), ...declared]) {
    const lines = fields.map((field) => `  ${field.name} (${field.type}): ${field.summary}\n`);
    writeText(stdout, `${`${name}: ${summary}`.trimEnd()}\n${lines.join("")}`);
  }
}
