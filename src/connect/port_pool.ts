import { Failure } from "../host/failure.ts";
import type { LocalPorts } from "../host/local_ports.ts";
import { mix } from "../host/mix.ts";
import { rangesAround } from "../host/port_part.ts";
import type { PortRange } from "../host/port_range.ts";

/** Below it are the ports of services, which networks treat in their own ways (RFC 6335, section 6). */
const LOWEST = 1024;
const HIGHEST = 65535;

/** How many of the available ports are used: neighbouring ones, which fit few ranges. */
const MOST_PORTS = 16_384;
const MOST_RANGES = 8;

/** Octets of the filter, a power of two: at 16 million flows, one in forty is a false positive. */
const FILTER = 1 << 24;
/** Bits that one flow sets in it. */
const BITS = 4;

/**
 * Source ports for packets that no socket of the kernel knows of: the kernel does not give them to
 * a connection meanwhile, and no two flows of a run have the same addresses and ports. What was
 * used is kept in a Bloom filter, so that memory does not grow with the run: a free port may count
 * as used, never the other way round.
 */
export class PortPool {
  readonly #ports: Uint16Array;
  /** Few ranges that hold all of its ports. */
  readonly ranges: readonly PortRange[];
  #used: Uint8Array | null = null;

  /** @throws {Failure} when the kernel chooses from all ports, with what to set */
  constructor({ ephemeral: [from, to], reserved, bound }: LocalPorts) {
    const ports = [];
    for (let port = LOWEST; port <= HIGHEST; port++) {
      const kernels = port >= from && port <= to && !reserved.has(port);
      if (!kernels && !bound.has(port)) ports.push(port);
    }
    if (ports.length === 0) {
      throw new Failure(
        `the kernel uses the ports ${from} to ${to} for connections, which leaves none for forged ` +
          "packets: give it fewer with `sysctl -w net.ipv4.ip_local_port_range='1024 60999'`",
      );
    }
    // At random: another run's flows may still be known on the path
    const own = someOf(ports, MOST_PORTS);
    this.ranges = rangesAround(own.toSorted((a, b) => a - b), MOST_RANGES);
    this.#ports = Uint16Array.from(own);
  }

  /** How many ports it chooses from. */
  get size(): number {
    return this.#ports.length;
  }

  /**
   * A port that was not taken before for this flow, null when all were. At random: with
   * neighbouring ports, a load balancer that looks at the last bits would send many flows the same
   * way.
   *
   * @param flow the flow's key without the port, as text
   */
  take(flow: string): number | null {
    const [high, low] = hashes(flow);
    const { length } = this.#ports;
    let at = Math.floor(Math.random() * length);
    for (let tries = 0; tries < length; tries++, at = at + 1 === length ? 0 : at + 1) {
      const port = this.#ports[at]!;
      if (this.#mark(high, low, port)) return port;
    }
    return null;
  }

  /** Notes that a port is used for a flow. */
  use(flow: string, port: number): void {
    const [high, low] = hashes(flow);
    this.#mark(high, low, port);
  }

  /** Marks a flow as used; false when it was. */
  #mark(high: number, low: number, port: number): boolean {
    const used = this.#used ??= new Uint8Array(FILTER);
    let hash = mix(low ^ Math.imul(port, 0x9e37_79b1));
    const step = mix(high ^ Math.imul(port, 0x85eb_ca6b)) | 1;
    let fresh = false;
    for (let i = 0; i < BITS; i++, hash = (hash + step) | 0) {
      const at = hash >>> 3 & FILTER - 1;
      const bit = 1 << (hash & 7);
      if ((used[at]! & bit) !== 0) continue;
      used[at]! |= bit;
      fresh = true;
    }
    return fresh;
  }
}

/** Neighbours in a list from a random place on, wrapping around; all when there are few. */
function someOf(ports: readonly number[], most: number): readonly number[] {
  if (ports.length <= most) return ports;
  const from = Math.floor(Math.random() * ports.length);
  return [...ports.slice(from), ...ports.slice(0, from)].slice(0, most);
}

/** Two independent hashes of a text (FNV-1a, with two primes). */
function hashes(text: string): readonly [number, number] {
  let high = 0x811c_9dc5;
  let low = 0x9747_b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x0100_0193);
    low = Math.imul(low ^ unit, 0x5bd1_e995);
  }
  return [high, low];
}
