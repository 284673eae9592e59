import type { Forger } from "../../connect/transport/forger.ts";
import { randomNumber } from "../../connect/transport/random.ts";
import { synPacket } from "../../connect/transport/syn.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { Listener } from "./listener.ts";
import { type Ignored, type Matcher, type ProbeFlow, probeFlow } from "./matcher.ts";
import { chanceOfSilence } from "../../measure/evidence/chance.ts";
import { Probe } from "./probe.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

/** That a port is answered on the way to its address. */
export interface Nearer {
  /** The number of hops to what answers. */
  readonly hop: number;
  /** The routers found there or behind it, by packets to other ports of the address. */
  readonly behind: readonly string[];
  /** Flows to other ports that showed something, and those of them that went on. */
  readonly flows: number;
  readonly expired: number;
}

/** Flows to each: to the port, and to others. */
const FLOWS = 8;
/** How many times to live behind the answer are tried: the routers next to it may be silent. */
const BEHIND = 2;
/**
 * The probability that paths of unequal length explain it, if they affect all flows alike, must be
 * below this.
 */
const SIGNIFICANT = 0.0002;
/** Ports that few services have and few proxies look at (RFC 6335, section 6). */
const OTHER_PORTS = { first: 49_152, count: 16_384 } as const;

/** One flow, and its packets. */
interface Flow {
  readonly flow: ProbeFlow;
  readonly probes: readonly Probe[];
}

/**
 * Checks whether what answers for a port is nearer than its address: a SYN to the port is answered
 * at a hop where one to another port only expires. Flows with different source ports distinguish
 * that from paths of unequal lengths, which a load balancer chooses by flow.
 *
 * @param hop with which time to live the port answered
 * @param patience how long an answer is waited for, in milliseconds
 */
export async function findNearer(
  around: { forger: Forger; listener: Listener; matcher: Matcher },
  remote: Endpoint,
  hop: number,
  ignored: Ignored,
  patience: number,
): Promise<Nearer | null> {
  const ttls = Array.from({ length: BEHIND + 1 }, (_, at) => hop + at).filter((ttl) => ttl < 256);
  const own: Flow[] = [];
  const others: Flow[] = [];
  for (let at = 0; at < FLOWS; at++) {
    const other = OTHER_PORTS.first + randomNumber() % OTHER_PORTS.count;
    own.push(...begin(around, remote, [hop], ignored));
    if (other === remote.port) continue;
    others.push(...begin(around, { ...remote, port: other }, ttls, ignored));
  }
  const all = [...own, ...others];
  await answered(around.listener, all.flatMap(({ probes }) => probes), patience);
  for (const { flow, probes } of all) around.matcher.remove(flow, probes);
  return judge(hop, own, others);
}

/** Sends the packets of a flow of its own; none where that cannot be. */
function begin(
  { forger, matcher }: { forger: Forger; matcher: Matcher },
  remote: Endpoint,
  ttls: readonly number[],
  ignored: Ignored,
): Flow[] {
  const local = forger.local(remote, IPPROTO_TCP);
  if (typeof local === "number") return [];
  const flow = probeFlow(local, remote, ignored);
  const { ip, transport } = synPacket(local, remote, {});
  if (transport.kind !== "tcp") throw new TypeError("probes are TCP");
  matcher.addFlow(flow);
  const probes = ttls.map((ttl) => {
    const sequence = matcher.newSequence(randomNumber);
    const identification = local.address.includes(":") ? null : 1 + randomNumber() % 0xffff;
    const probe = new Probe(0, ttl, sequence, identification, 0, false);
    matcher.add(probe, flow);
    const own = identification === null ? {} : { identification };
    // A packet that this host could not send is never captured, and is no evidence
    void forger.send({ ip: { ...ip, ttl, ...own }, transport: { ...transport, sequence } });
    return probe;
  });
  return [{ flow, probes }];
}

/** Waits until all were answered, up to a time limit in milliseconds. */
function answered(listener: Listener, probes: readonly Probe[], patience: number): Promise<void> {
  return new Promise((resolve) => {
    const open = new Set(probes);
    const cancel = listener.after(patience, resolve);
    for (const probe of probes) {
      probe.onAnswer = () => {
        open.delete(probe);
        if (open.size > 0) return;
        cancel();
        resolve();
      };
    }
  });
}

function judge(hop: number, own: readonly Flow[], others: readonly Flow[]): Nearer | null {
  const ended = own.filter(({ probes }) => probes.some(({ atEnd }) => atEnd));
  if (own.some((flow) => expiredAt(flow).length > 0)) return null;
  const on = others.filter((flow) => expiredAt(flow).length > 0);
  const shown = others.filter(({ probes }) => probes.some(({ answers }) => answers.length > 0));
  if (on.length === 0) return null;
  if (chanceOfSilence(ended.length, shown.length, on.length) > SIGNIFICANT) return null;
  return {
    hop,
    behind: [...new Set(on.flatMap(expiredAt))],
    flows: shown.length,
    expired: on.length,
  };
}

/**
 * The routers at which a flow's packets expired; the target itself may report that for hosts behind
 * it.
 */
function expiredAt({ flow, probes }: Flow): string[] {
  return probes.flatMap(({ answers }) => answers)
    .filter(({ kind, responder }) => kind === "expired" && responder !== flow.destination)
    .map(({ responder }) => responder);
}
