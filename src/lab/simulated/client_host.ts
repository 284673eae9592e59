import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { ERRNO } from "../../host/errno.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import { type Arrived, arrived } from "./arrived.ts";
import { Cookies } from "./cookies.ts";
import type { Way } from "./network.ts";
import { octetsOf, resetFor } from "./packets.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Local ports, as hosts of labs have them. */
const PORTS = { first: 1024, last: 60_999 } as const;
/** How long a connection that was closed answers what comes late, in milliseconds. */
const TIME_WAIT = 5000;

/** Errors by the codes of ICMP's unreachable messages (Linux: icmp_err_convert, icmpv6_err_convert). */
const ERRORS = {
  [IPPROTO_ICMP]: {
    type: 3,
    codes: { 0: ERRNO.ENETUNREACH, 3: ERRNO.ECONNREFUSED, 13: ERRNO.EHOSTUNREACH },
  },
  [IPPROTO_ICMPV6]: {
    type: 1,
    codes: { 0: ERRNO.ENETUNREACH, 1: ERRNO.EACCES, 4: ERRNO.ECONNREFUSED },
  },
} as const;

/** A TCP socket of the host. */
export interface TcpSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  arrived(segment: Arrived): void;
  /** An ICMP error about it came. */
  refused(errno: number): void;
}

/** A UDP socket of the host. */
export interface UdpSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  arrived(data: Uint8Array<ArrayBuffer>): void;
  failed(errno: number): void;
}

/** What a host is connected with. */
export interface ClientHostOptions {
  readonly clock: VirtualClock;
  /** The addresses of the host, by IP version. */
  readonly sources: Readonly<Record<4 | 6, string>>;
  /** The way to an address. */
  way(address: string): Way;
  /** Takes every packet that the host sends or receives, in their order. */
  seen(octets: Uint8Array): void;
  randomNumber(): number;
}

/** The kernel of the host that measures. */
export class ClientHost {
  readonly cookies = new Cookies();
  readonly #options: ClientHostOptions;
  readonly #tcp = new Map<string, TcpSocket>();
  readonly #udp = new Map<string, UdpSocket>();
  #settings: Readonly<Record<string, unknown>> = {};
  #port: number = PORTS.first;

  constructor(options: ClientHostOptions) {
    this.#options = options;
  }

  get clock(): VirtualClock {
    return this.#options.clock;
  }

  randomNumber(): number {
    return this.#options.randomNumber();
  }

  /** Makes kernel settings; all others are as they usually are. */
  set(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = settings;
  }

  /** Whether a switch of TCP is on, as each of them usually is. */
  setting(name: string): boolean {
    return Number(this.#settings[name] ?? 1) !== 0;
  }

  /** Our side of a new flow. A port is used again after all others. */
  local(remote: Endpoint, port = 0): Endpoint {
    const address = this.#options.sources[remote.address.includes(":") ? 6 : 4];
    if (port !== 0) return { address, port };
    const free = this.#port;
    this.#port = free === PORTS.last ? PORTS.first : free + 1;
    return { address, port: free };
  }

  /** Opens a connection, whose SYN it sends itself. */
  open(connection: TcpSocket): void {
    this.#tcp.set(key(connection), connection);
  }

  /** A connection is over; one that ended in order answers for some time yet. */
  ended(connection: TcpSocket, inOrder: boolean): void {
    const name = key(connection);
    const forget = () => {
      if (this.#tcp.get(name) === connection) this.#tcp.delete(name);
    };
    if (inOrder) this.clock.after(TIME_WAIT, forget);
    else forget();
  }

  /** Binds a UDP socket; ends that with the returned function. */
  bind(socket: UdpSocket): () => void {
    const name = key(socket);
    this.#udp.set(name, socket);
    return () => this.#udp.delete(name);
  }

  /** Sends a packet. */
  send(packet: PacketSpec): void {
    this.#sendOctets(octetsOf(packet), packet.ip.destination);
  }

  /** Takes a packet that came back on the way to an address. */
  arrived(octets: Uint8Array<ArrayBuffer>, address: string): void {
    this.#options.seen(octets);
    const packet = arrived(octets);
    if (packet === null) return;
    const { protocol, destinationPort: own, sourcePort: other, payload } = packet;
    const name = `${own} ${other} ${address}`;
    if (protocol === IPPROTO_TCP) {
      const connection = this.#tcp.get(name);
      if (connection !== undefined) connection.arrived(packet);
      else {
        // The kernel knows of no connection that it would belong to
        const reset = resetFor(packet);
        if (reset !== null) this.#sendOctets(reset, address);
      }
    } else if (protocol === IPPROTO_UDP) this.#udp.get(name)?.arrived(payload);
    else if (protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6) {
      this.#error(packet, protocol, address);
    }
  }

  #error(packet: Arrived, protocol: keyof typeof ERRORS, address: string): void {
    const { octets, transport, payload } = packet;
    const { type, codes } = ERRORS[protocol];
    if (octets[transport] !== type) return;
    const errno = codes[octets[transport + 1] as keyof typeof codes] as number | undefined ??
      ERRNO.EHOSTUNREACH;
    const header = packet.version === 4 ? (payload[0]! & 15) * 4 : 40;
    const view = new DataView(payload.buffer, payload.byteOffset + header);
    const name = `${view.getUint16(0)} ${view.getUint16(2)} ${address}`;
    if (payload[packet.version === 4 ? 9 : 6] === IPPROTO_TCP) this.#tcp.get(name)?.refused(errno);
    else this.#udp.get(name)?.failed(errno);
  }

  #sendOctets(octets: Uint8Array<ArrayBuffer>, address: string): void {
    this.#options.seen(octets);
    this.#options.way(address).forward(octets);
  }
}

function key({ local, remote }: Pick<UdpSocket, "local" | "remote">): string {
  return `${local.port} ${remote.port} ${remote.address}`;
}
