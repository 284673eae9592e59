import { Forger } from "../connect/transport/forger.ts";
import { PacketBuilder } from "../connect/transport/packet_builder.ts";
import { randomNumber } from "../connect/transport/random.ts";
import { synPacket } from "../connect/transport/syn.ts";
import type { Endpoint } from "../contract/job.ts";
import type { PacketSpec } from "../contract/packet.ts";
import { ERRNO, errnoName } from "../host/errno.ts";
import { interfaceTo } from "../host/interface.ts";
import type { Reactor } from "../host/reactor.ts";
import { PacketReader } from "../observe/views/packet_reader.ts";
import type { Feature } from "./localise/feature.ts";
import { type Header, quotedHeader } from "./localise/header.ts";
import { Listener } from "./localise/listener.ts";
import { type Ignored, Matcher, probeFlow } from "./localise/matcher.ts";
import { findNearer, type Nearer } from "./localise/nearer.ts";
import type { Probe } from "./localise/probe.ts";
import { Sweep, type SweepOptions } from "./localise/sweep.ts";
import { type ArmFinding, findings } from "./localise/verdict.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

/** How packets are sent and received. */
export interface LocaliserSettings {
  /** Name of the network interface that is listened on. */
  readonly interface: string;
  /** Whether packets leave through it whatever the routes say, as where it was asked for by name. */
  readonly bind: boolean;
  /** The addresses to send from, by IP version; where one is missing the kernel chooses. */
  readonly sources?: { readonly 4?: string; readonly 6?: string };
}

/** The result of localising a feature on one path. */
export interface Localisation {
  readonly feature: Feature;
  readonly remote: Endpoint;
  /** Our side; null when nothing could be sent. */
  readonly local: Endpoint | null;
  /** When it began and ended, in milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
  /** The number of hops to the target; null when it did not answer. */
  readonly length: number | null;
  /** What answers for its port is nearer than the target; null where that was not seen. */
  readonly nearer: Nearer | null;
  /** Of each arm, the baseline's first. */
  readonly arms: readonly ArmFinding[];
  readonly ignored: Ignored;
  /** Why it could not be done, as a sentence without a full stop; null when it could. */
  readonly problem: string | null;
}

/**
 * Finds where on a path packets are changed or dropped: it sends the same packet with and without a
 * feature, with times to live from 1 on, and compares what routers quote of it with what was sent.
 * Only what happens on the way to the target shows in quotations; the way back is not examined.
 *
 * @example
 * ```ts ignore
 * using localiser = new Localiser(reactor, { interface: "eth0", bind: true });
 * const found = await localiser.locate({ address: "192.0.2.1", port: 80 }, feature, options);
 * ```
 */
export class Localiser implements Disposable {
  readonly #settings: LocaliserSettings;
  readonly #forger: Forger;
  readonly #listener: Listener;
  readonly #matcher = new Matcher();
  readonly #builder = new PacketBuilder();
  readonly #reader = new PacketReader();

  /** Throws a `Failure` when this host cannot capture or forge. */
  constructor(reactor: Reactor, settings: LocaliserSettings) {
    this.#listener = new Listener(reactor, settings.interface, this.#matcher);
    this.#forger = new Forger(reactor, {
      ...settings,
      interface: settings.bind ? settings.interface : null,
    });
    this.#settings = settings;
  }

  /** Localises a feature on the path to a target. What the network does is data; it does not reject. */
  async locate(remote: Endpoint, feature: Feature, options: SweepOptions): Promise<Localisation> {
    const began = Date.now();
    const ignored: Ignored = { wrongChecksum: 0, neverSent: 0 };
    const version = remote.address.includes(":") ? 6 : 4;
    const base = { feature, remote, began, ignored, length: null, nearer: null, arms: [] } as const;
    if (!feature.versions.includes(version)) {
      const problem = `IPv${version} packets have no ${feature.name}`;
      return { ...base, local: null, ended: Date.now(), problem };
    }
    const local = this.#forger.local(remote, IPPROTO_TCP);
    if (typeof local === "number") {
      return { ...base, local: null, ended: Date.now(), problem: unsendable(-local) };
    }
    const elsewhere = this.#elsewhere(remote.address, local.address);
    if (elsewhere !== null) return { ...base, local, ended: Date.now(), problem: elsewhere };
    const flow = probeFlow(local, remote, ignored);
    const syn = plainSyn(local, remote);
    const around = { forger: this.#forger, listener: this.#listener, matcher: this.#matcher };
    const sweep = new Sweep(around, flow, feature, syn, options);
    const { dropped } = this.#listener;
    this.#matcher.addFlow(flow);
    await sweep.run();
    this.#matcher.remove(flow, sweep.probes);
    const { probes, hops } = sweep;
    const length = lengthOf(probes, feature.arms.length);
    const looks = length !== null && sweep.refused === 0 && !options.signal.aborted;
    return {
      ...base,
      local,
      length,
      nearer: looks ? await findNearer(around, remote, length, ignored, sweep.patience) : null,
      ended: Date.now(),
      arms: findings({
        feature,
        probes,
        hops,
        meant: feature.arms.map((arm) => this.#header(arm.make(syn))),
        dropped: this.#listener.dropped !== dropped,
      }),
      problem: sweep.refused === 0
        ? options.signal.aborted ? "it was interrupted" : null
        : unsendable(sweep.refused),
    };
  }

  close(): void {
    this.#listener.close();
    this.#forger.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Why answers of a target would not be received, as packets to it leave elsewhere; null when they
   * would.
   */
  #elsewhere(address: string, source: string): string | null {
    const { bind, interface: listened, sources } = this.#settings;
    if (bind) return null;
    const fixed = sources?.[address.includes(":") ? 6 : 4] === undefined ? undefined : source;
    const through = interfaceTo(address, fixed);
    if (through === null || through === listened) return null;
    return `its packets leave through ${through}, and ${listened} is listened on: give --interface ` +
      through;
  }

  /** The fields of a packet that leaves unchanged. */
  #header(packet: PacketSpec): Header {
    return quotedHeader(this.#reader.read(this.#builder.build(packet).octets)!, false);
  }
}

/** The SYN of a Linux host; over IPv6 with a flow label, so that one that is cleared can be seen. */
function plainSyn(local: Endpoint, remote: Endpoint): PacketSpec {
  const syn = synPacket(local, remote, {});
  if (local.address.includes(".")) return syn;
  return { ...syn, ip: { ...syn.ip, flowLabel: 1 + randomNumber() % 0xfffff } };
}

/**
 * The hop at which the target answers: the least with which an arm's packets got an answer that is
 * behind every router. What answers nearer is not the target.
 */
function lengthOf(probes: readonly Probe[], arms: number): number | null {
  const expired = Math.max(
    0,
    ...probes.flatMap(({ answer, ttl }) => answer?.kind === "expired" ? ttl : []),
  );
  const first = Array.from(
    { length: arms },
    (_, arm) =>
      Math.min(...probes.flatMap((probe) => probe.arm === arm && probe.atTarget ? probe.ttl : [])),
  );
  const length = Math.min(...first.filter((ttl) => ttl > expired));
  return length === Infinity ? null : length;
}

function unsendable(errno: number): string {
  const name = errnoName(errno);
  if (errno === ERRNO.ENETUNREACH || errno === ERRNO.EHOSTUNREACH) {
    return `there is no route to it from this host (${name})`;
  }
  if (errno === ERRNO.EPERM) return `this host's packet filter does not let it leave (${name})`;
  return `this host cannot send to it (${name})`;
}
