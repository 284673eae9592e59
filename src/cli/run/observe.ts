import { Capture } from "../../host/capture.ts";
import { Failure } from "../../host/failure.ts";
import { defaultInterface, interfaceNamed } from "../../host/interface.ts";
import { chains } from "../../observe/chains.ts";
import { FlowTable } from "../../observe/flow_table.ts";
import { BATCH, observeFile, observeLive } from "../../observe/observe.ts";
import { ResultWriter } from "../../result/ndjson.ts";
import { Interruption } from "../interruption.ts";
import type { ObserveInvocation } from "../observe.ts";
import { tell } from "../tell.ts";
import { unknownName } from "../usage.ts";

const KERNEL_BUFFER = 64 << 20;
const GATHER_MS = 20;
const FILE_INPUT = 64 << 20;

/** Runs `spider observe`. */
export async function run({ options, positionals }: ObserveInvocation): Promise<number> {
  if (options["list-chains"]) {
    listChains();
    return 0;
  }
  const unknown = positionals.find((name) => !chains().some((chain) => chain.name === name));
  if (unknown !== undefined) {
    const names = chains().map((chain) => chain.name);
    throw unknownName("chain", unknown, names, "see spider observe --list-chains");
  }
  const source = options.interface ?? defaultInterface();
  const live = !isFile(source);
  using capture = live
    ? Capture.live(interfaceNamed(source).name, {
      snaplen: options.snaplen,
      bufferSize: KERNEL_BUFFER,
      timeoutMs: GATHER_MS,
    })
    : Capture.file(source);
  if (options.filter !== undefined) capture.filter(options.filter);
  const table = new FlowTable({
    chains: ["basic", ...positionals],
    idle: options.idle,
    linger: options.linger,
    input: live ? Math.min(BATCH * (options.snaplen + 16) + 1, FILE_INPUT) : FILE_INPUT,
  });
  table.checkLink(capture.linkType, capture.linkName);
  const writer = ResultWriter.open(options.output, live ? [] : [source]);
  using interruption = new Interruption(() => {});
  try {
    const observe = live ? observeLive : observeFile;
    await observe(capture, table, (lines) => writer.writeBytes(lines), interruption.signal);
  } finally {
    writer.close();
  }
  summarise(capture, table, live);
  if (capture.fault !== null) {
    throw new Failure(
      `${source} breaks off: ${capture.fault}; the flow records of all packets before it were written`,
    );
  }
  return 0;
}

/** What ends in .pcap or .pcapng, or is a path, is a capture file. */
function isFile(source: string): boolean {
  return source.includes("/") || /\.pcap(ng)?$/.test(source);
}

function listChains(): void {
  for (const { name, summary, fields } of chains()) {
    console.log(`${name}: ${summary}`);
    for (const field of fields) console.log(`  ${field.name} (${field.type}): ${field.summary}`);
  }
}

function summarise(capture: Capture, table: FlowTable, live: boolean): void {
  const { packets, flows, ...rest } = table.stats();
  const parts = [`${packets} packets`, `${flows} flows`];
  if (live) {
    const { dropped, interfaceDropped } = capture.counts();
    parts.push(`${dropped} dropped by the kernel`, `${interfaceDropped} by the interface`);
  }
  for (const name of WORTH_A_WORD) {
    if (rest[name]! > 0) parts.push(`${rest[name]} ${name.replaceAll("_", " ")}`);
  }
  tell(parts.join(", "));
}

/** Counters that are shown when they are not 0. */
const WORTH_A_WORD = [
  "not_ip",
  "truncated",
  "malformed_link",
  "malformed_ip",
  "malformed_tcp",
  "malformed_udp",
  "malformed_icmp",
  "fragments_orphaned",
  "evicted",
  "not_stored",
];
