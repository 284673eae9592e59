import { endedWith } from "../connect/record.ts";
import type { Arm } from "../contract/arm.ts";
import { type Connection, STATE } from "../contract/connection.ts";
import type { FlowRecord } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import { ERRNO } from "../host/errno.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6 } from "../host/ip_protocol.ts";
import type { ArmAnswer } from "./answered_target.ts";
import { askOf, type StatelessType } from "./arm_problem.ts";
import type { ProbeTemplate } from "./probe_template.ts";
import type { Replay, ReplayedPacket } from "./replay.ts";
import { type Ends, wholeAnswer, wholeProbe } from "./whole_packets.ts";

/** What one arm's probe came to. */
export interface ProbedArm {
  readonly arm: Arm<Target>;
  readonly template: ProbeTemplate;
  readonly ends: Ends;
  readonly answer: ArmAnswer | null;
  /** When it was sent, in milliseconds since 1970. */
  readonly start: number;
  /** How long an answer was waited for, in milliseconds. */
  readonly cooldownMs: number;
}

/** The socket's and the wire's view of a probe, as of a connection of the same type. */
export interface ArmFlow {
  readonly connection: Connection;
  /** A value that is `undefined` is not known. */
  readonly flow: FlowRecord;
}

/** What is null or none as long as it is unknown when a probe was sent. */
const WITHOUT_DELAY: Readonly<Record<string, null | 0>> = {
  tcpx_rtt_us: null,
  rtt_samples_fwd: 0,
  rtt_min_us_fwd: null,
  rtt_median_us_fwd: null,
  rtt_samples_rev: 0,
  rtt_min_us_rev: null,
  rtt_median_us_rev: null,
};

/** What a probe and its answer carried, and is not kept. */
const NOT_KEPT = [
  ...["icmp_error_from", "tfo_seq", "tfo_ack", "ts_rate_fwd", "ts_rate_rev"],
  ...["fwd", "rev"].flatMap((way) =>
    ["value", "echo"].flatMap((what) => [`ts_${what}_first_${way}`, `ts_${what}_last_${way}`])
  ),
];

/** How long an answer took at most, in milliseconds. */
export function delayOf({ after, within }: ArmAnswer): number {
  return after ?? within;
}

/** Replays a probe and its answer, and says how the connection that they stand for ended. */
export function flowOfArm(replay: Replay, type: StatelessType, probed: ProbedArm): ArmFlow {
  const { template, ends, answer, start, cooldownMs, arm } = probed;
  const { stateless } = type;
  const probe = wholeProbe(template, ends);
  const packets: ReplayedPacket[] = [{ octets: probe, length: probe.length, time: start }];
  const whole = answer === null ? null : wholeAnswer(answer, template, probe, ends);
  if (answer !== null) {
    const time = start + delayOf(answer);
    packets.push({ octets: whole!.octets, length: answer.length, time });
  }
  const { protocol } = template;
  const remote = isIcmp(protocol)
    // In place of a port a flow of ICMP has the type of the question
    ? { address: ends.remote.address, port: template.octets[template.transportAt]! }
    : ends.remote;
  const seen = replay.record(ends.local, remote, protocol, packets);
  const record = { ...seen, ...notKnown(seen, answer) };
  const begun: Connection = {
    ...{ state: STATE.timeout, outcome: "timeout", errno: null, protocol, remote },
    ...{ local: ends.local, start, stop: start, fields: {} },
  };
  const timedOut = endedWith(begun, ERRNO.ETIMEDOUT);
  const settled = stateless.settle(timedOut, record, whole?.answer ?? null, askOf(arm));
  const took = answer === null || settled.outcome === "timeout" ? cooldownMs : delayOf(answer);
  return {
    connection: { ...settled, stop: start + took },
    flow: settled.state === STATE.ok ? { ...record, ...stateless.completed } : record,
  };
}

function isIcmp(protocol: number): boolean {
  return protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6;
}

/** What a replay says and nobody knows. */
function notKnown(record: FlowRecord, answer: ArmAnswer | null): Partial<FlowRecord> {
  const fields: Record<string, unknown> = {};
  const known = record as unknown as Record<string, unknown>;
  // What is null, or a zero in place of an option, was not there
  for (const name of NOT_KEPT) if (known[name]) fields[name] = undefined;
  if (answer !== null && answer.after === null) {
    for (const [name, value] of Object.entries(WITHOUT_DELAY)) {
      if (name in known) fields[name] = value;
    }
  }
  return fields;
}
