import type { Arm, Spider, SpiderTest } from "../../src/mod.ts";

/** An arm that says which configuration it is, and connects as any other. */
function configuration(name: string): Arm {
  return {
    name,
    connect(job, { connect }) {
      console.error(`configuration ${name}: ${job.dip}`);
      return connect();
    },
  };
}

/**
 * The example of PATHspider's guide: two configurations that only log, a plain connection over TCP,
 * an observer that sees addresses, ports and counts, and a record of what the socket said, merged
 * with the flow.
 *
 * A result has the job's own keys, rank and domain among them. The record of each arm, shown with
 * `--output-flows`, has the fields of the chains, and the arm's name and number, the state of the
 * connection, its start and its stop by itself.
 */
export default {
  kind: "spider",
  name: "example",
  version: "1.0.0",
  api: "^1",
  summary: "Two configurations that only log",
  connect: ["tcp"],
  chains: ["basic"],
  arms: [configuration("zero"), configuration("one")],
  conditions: {
    "example.connectivity.works": "both configurations connected",
    "example.connectivity.broken": "only configuration zero connected",
    "example.connectivity.transient": "only configuration one connected",
    "example.connectivity.offline": "neither configuration connected",
  },
  merge(flow, { local, remote, state }) {
    // Every connection gets this, also one whose packets were not seen
    const record = {
      example_from: local === null ? null : `${local.address} port ${local.port}`,
      example_to: `${remote.address} port ${remote.port}`,
      example_connected: state === 0,
    };
    if (flow === null) return { ...record, example_packets: null };
    return { ...record, example_packets: flow.pkt_fwd + flow.pkt_rev };
  },
  // Only called when every arm was observed: else the result says pathspider.not_observed
  conclude([zero, one], { connectivity }) {
    const verdict = connectivity(zero!.spdr_state === 0, one!.spdr_state === 0);
    return [`example.connectivity.${verdict}`];
  },
} satisfies Spider;

const answered = `
  > S
  < SA
  > .`;

/** Its tests, which `spider plugins test` plays. */
export const tests: readonly SpiderTest[] = [
  {
    name: "both connect",
    job: { dip: "192.0.2.7", dp: 8080, rank: 1, domain: "example.org" },
    arms: {
      zero: {
        socket: "ok",
        packets: answered,
        flow: {
          arm: "zero",
          config: 0,
          spdr_state: 0,
          example_to: "192.0.2.7 port 8080",
          example_packets: 3,
        },
      },
      one: { socket: "ok", packets: answered, flow: { arm: "one", config: 1 } },
    },
    conditions: ["example.connectivity.works"],
  },
  {
    name: "one of them is not observed",
    arms: {
      zero: { socket: "ok", packets: answered },
      one: {
        socket: "ok",
        packets: "",
        flow: { observed: false, example_connected: true, example_packets: null },
      },
    },
    conditions: ["pathspider.not_observed", "pathspider.missed_flows:1"],
  },
];
