import { IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import { mix } from "../../host/mix.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { type Arrived, arrived } from "./arrived.ts";
import { addressesOf, errorAbout, octetsOf, resetFor } from "./packets.ts";
import { ServerTcp } from "./server_tcp.ts";
import { answerTo, appFor } from "./services.ts";
import type { SimulatedServer } from "./simulated_run.ts";
import type { SentTcp } from "./tcp_end.ts";
import { FLAG } from "./tcp_stream.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** How long a connection that was closed answers what comes late, in milliseconds. */
const TIME_WAIT = 5000;
/** What a packet's time to live is at first. */
const TTL = 64;
/** Octets of a Fast Open cookie, as Linux makes them. */
const COOKIE = 8;

/** What a server's host is connected with. */
export interface ServerHostOptions {
  readonly clock: VirtualClock;
  readonly server: SimulatedServer;
  readonly seed: number;
  /** Routers on the way to it. */
  readonly hops: number;
  /** Takes what it sends. */
  send(octets: Uint8Array<ArrayBuffer>): void;
  randomNumber(): number;
}

/** The kernel and the services behind one address. */
export class ServerHost {
  readonly #options: ServerHostOptions;
  readonly #tcp = new Map<number, ServerTcp>();

  constructor(options: ServerHostOptions) {
    this.#options = options;
  }

  /** Takes a packet. */
  arrived(octets: Uint8Array<ArrayBuffer>): void {
    const packet = arrived(octets);
    if (packet === null) return;
    if (packet.protocol === IPPROTO_TCP) this.#segment(packet);
    else if (packet.protocol === IPPROTO_UDP) this.#datagram(packet);
  }

  #segment(packet: Arrived): void {
    const { sourcePort, destinationPort, flags } = packet;
    const key = sourcePort << 16 | destinationPort;
    const connection = this.#tcp.get(key);
    const isSyn = (flags & (FLAG.SYN | FLAG.ACK | FLAG.RST)) === FLAG.SYN;
    if (connection !== undefined && !(isSyn && connection.isOver)) {
      return connection.arrived(packet);
    }
    const { server, clock } = this.#options;
    const ports = server.ports.filter(({ transport, port }) =>
      transport === "tcp" && port === destinationPort
    );
    if (!isSyn || ports.length === 0) {
      const reset = resetFor(packet);
      if (reset !== null) this.#options.send(reset);
      return;
    }
    const ends = addressesOf(packet);
    const opened: ServerTcp = new ServerTcp(packet, {
      clock,
      first: this.#options.randomNumber(),
      cookie: server.fastOpen ? () => this.#cookie(ends.source) : null,
      app: appFor(ports),
      send: (segment) => this.#sendSegment(packet, ends, segment),
      ended: (inOrder) => {
        const forget = () => {
          if (this.#tcp.get(key) === opened) this.#tcp.delete(key);
        };
        if (inOrder) clock.after(TIME_WAIT, forget);
        else forget();
      },
    });
    this.#tcp.set(key, opened);
  }

  #sendSegment(
    { sourcePort, destinationPort }: Arrived,
    { source, destination }: ReturnType<typeof addressesOf>,
    { ecn, payload, ...fields }: SentTcp,
  ): void {
    this.#send({
      ip: { source: destination, destination: source, ecn, ttl: TTL - this.#options.hops },
      transport: {
        kind: "tcp",
        sourcePort: destinationPort,
        destinationPort: sourcePort,
        ...fields,
      },
      payload,
    });
  }

  #datagram(packet: Arrived): void {
    const { sourcePort, destinationPort, payload } = packet;
    const { source, destination } = addressesOf(packet);
    const { ports } = this.#options.server;
    const open = ports.find(({ transport, port }) =>
      transport === "udp" && port === destinationPort
    );
    if (open === undefined) {
      return this.#options.send(errorAbout(packet, "port unreachable", destination));
    }
    const answer = answerTo(open, payload);
    if (answer === null) return;
    this.#send({
      ip: { source: destination, destination: source, ttl: TTL - this.#options.hops },
      transport: { kind: "udp", sourcePort: destinationPort, destinationPort: sourcePort },
      payload: answer,
    });
  }

  #send(packet: PacketSpec): void {
    this.#options.send(octetsOf(packet));
  }

  /** The cookie of a client, by its address. */
  #cookie(client: string): Uint8Array {
    let state = this.#options.seed;
    for (let at = 0; at < client.length; at++) state = mix(state + client.charCodeAt(at));
    return Uint8Array.from({ length: COOKIE }, () => state = mix(state + 1));
  }
}
