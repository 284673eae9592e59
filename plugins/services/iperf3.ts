import type { Service, TesterRun } from "../../src/mod.ts";

/** What it writes of the data one way, as far as it is read here. */
interface Sum {
  readonly seconds: number;
  readonly bytes: number;
  readonly retransmits?: number;
  readonly packets?: number;
  readonly lost_packets?: number;
  readonly jitter_ms?: number;
}

/** What it writes in the end. */
interface Written {
  readonly error?: string;
  readonly end: {
    /** Over UDP alone: as its server has counted. */
    readonly sum?: Sum;
    readonly sum_sent?: Sum;
    readonly sum_received?: Sum;
  };
}

export default {
  kind: "service",
  name: "iperf3",
  version: "1.0.0",
  api: "^1",
  summary: "sends as much as goes through, or at a rate, over TCP or UDP",
  type: "tester",
  // Its server takes one test at a time
  takesTurns: true,
  speaks: [{ protocol: "iperf", versions: ["3"], role: "client" }],
  program: "iperf3",
  package: "iperf3",
  asksVersion: ["--version"],
  options: {
    udp: { type: "boolean", summary: "send datagrams; over TCP when missing" },
    reverse: { type: "boolean", summary: "the server sends" },
    rate: {
      type: "integer",
      summary: "bits a second; what goes when missing, over UDP 1048576",
      minimum: 1,
    },
    streams: { type: "integer", summary: "connections at once", default: 1, minimum: 1 },
    seconds: { type: "integer", summary: "seconds for which is sent", default: 2, minimum: 1 },
    patience: {
      type: "number",
      summary: "seconds that connecting may take",
      default: 5,
      minimum: 0.1,
    },
  },
  conditions: {
    "iperf3.transfer.succeeded": "data went through, to the end of the time",
    "iperf3.transfer.failed": "it did not",
    "iperf3.server.busy": "its server had another test to do",
  },
  arguments: ({ target, options }) => [
    ...["-c", target!.address, "-p", String(target!.port.port), "--json"],
    ...["--time", String(options.seconds), "--parallel", String(options.streams)],
    ...["--connect-timeout", String(Math.round(Number(options.patience) * 1000))],
    ...(options.udp === true ? ["--udp"] : []),
    ...(options.reverse === true ? ["--reverse"] : []),
    ...(options.rate === undefined ? [] : ["--bitrate", String(options.rate)]),
  ],
  outcome(run) {
    const said = read(run);
    const { sum = {} as Partial<Sum>, sum_sent: sent, sum_received: received } = said?.end ?? {};
    const came = sum.packets === undefined
      ? received?.bytes ?? 0
      : sum.packets - (sum.lost_packets ?? 0);
    if (said === null || said.error !== undefined || sent === undefined || came === 0) {
      const isBusy = said?.error?.includes("server is busy") === true;
      return {
        conditions: ["iperf3.transfer.failed", ...(isBusy ? ["iperf3.server.busy"] : [])],
        metrics: {},
      };
    }
    return { conditions: ["iperf3.transfer.succeeded"], metrics: metricsOf(sent, received!, sum) };
  },
} satisfies Service;

/** What it has written; null when it was ended before. */
function read({ stdout, late }: TesterRun): Written | null {
  return late || stdout === "" ? null : JSON.parse(stdout);
}

function metricsOf(sent: Sum, received: Sum, sum: Partial<Sum>): Record<string, number> {
  return {
    seconds: received.seconds,
    octets: received.bytes,
    octets_per_second: received.bytes / received.seconds,
    ...(sent.retransmits !== undefined && { retransmissions: sent.retransmits }),
    ...(sum.packets !== undefined && {
      packets: sum.packets,
      lost_packets: sum.lost_packets!,
      jitter_seconds: sum.jitter_ms! / 1000,
    }),
  };
}
