import { AF_INET } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import { type LocalPorts, localPorts } from "../host/local_ports.ts";
import { freestPart } from "../host/port_part.ts";
import type { PortRange } from "../host/port_range.ts";
import { closeSocket, openSocket, setLocalPorts } from "../host/socket.ts";
import { PortPool } from "./port_pool.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

/** How many ports the sockets of a run choose from, if that many are available. */
const PORTS = 16_384;
/** Ports for each socket at once: few that are left are found slowly, and UDP shares none. */
const SPARE = 2;

/**
 * The local ports of a run: a part of those that the kernel chooses from for its sockets, and others
 * for its forged packets. Since they are known before the first packet, a capture can leave what has
 * other ports to the kernel.
 */
export class RunPorts {
  /**
   * What its sockets get their ports from. All that the kernel chooses from where sockets cannot be
   * given a part of it (`IP_LOCAL_PORT_RANGE`, Linux 6.3).
   */
  readonly sockets: PortRange;
  /** What its forged packets get their ports from; empty where it was not to forge. */
  readonly forged: readonly PortRange[];
  /** Called with a port that a socket is about to use instead of one of `sockets`. */
  onOther: ((port: number) => void) | null = null;
  readonly #limited: boolean;
  readonly #avoided: PortRange | null;
  #pool: PortPool | null;

  private constructor(
    sockets: PortRange,
    limited: boolean,
    pool: PortPool | null,
    avoided: PortRange | null,
  ) {
    this.sockets = sockets;
    this.#limited = limited;
    this.#avoided = avoided;
    this.#pool = pool;
    this.forged = pool?.ranges ?? [];
  }

  /**
   * Chooses them.
   *
   * @param atOnce how many sockets are open at once at most
   * @param forges whether packets may be forged
   * @param avoided ports that something else sends from without a socket; taken only where a part of
   *   those that the kernel chooses from cannot do without them
   */
  static choose(atOnce: number, forges: boolean, avoided: PortRange | null = null): RunPorts {
    const ports = portsWithout(avoided);
    const limited = canLimit();
    const [first, last] = ports.ephemeral;
    const all = { first, last };
    const isFree = (port: number) => !ports.reserved.has(port) && !ports.bound.has(port);
    const sockets = limited ? freestPart(all, Math.max(PORTS, SPARE * atOnce), isFree) : all;
    return new RunPorts(sockets, limited, forges ? poolOf(ports) : null, avoided);
  }

  /**
   * Gives a new socket a port of the run.
   *
   * @param port what an arm wants instead; 0 for none
   * @returns 0, or a negated error number
   */
  assign(fd: number, port: number): number {
    if (port !== 0) {
      this.onOther?.(port);
      return 0;
    }
    return this.#limited ? setLocalPorts(fd, this.sockets.first, this.sockets.last) : 0;
  }

  /**
   * The ports for forged packets.
   *
   * @throws {Failure} when the kernel leaves none, with what to set
   */
  pool(): PortPool {
    return this.#pool ??= new PortPool(portsWithout(this.#avoided));
  }
}

/** How the host assigns ports, with some that count as used. */
function portsWithout(avoided: PortRange | null): LocalPorts {
  const ports = localPorts();
  if (avoided === null) return ports;
  const { first, last } = avoided;
  const used = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return { ...ports, bound: new Set([...ports.bound, ...used]) };
}

/** Null where the kernel leaves no ports: a run reports that only when it forges a packet. */
function poolOf(ports: LocalPorts): PortPool | null {
  try {
    return new PortPool(ports);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** Whether this kernel lets a socket be given a range of ports. */
function canLimit(): boolean {
  const fd = openSocket(IPPROTO_TCP, AF_INET);
  if (fd < 0) return false; // the first connection says why
  const can = setLocalPorts(fd, 0, 0) === 0;
  closeSocket(fd);
  return can;
}
