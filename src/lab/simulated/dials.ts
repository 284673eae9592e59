import type { ConnectRequest, TcpDials, UdpDials } from "../../connect/connection_type.ts";
import type { DialRequest } from "../../connect/dial_request.ts";
import { record } from "../../connect/record.ts";
import type { DatagramExchange } from "../../connect/transport/datagram.ts";
import type { Exchange } from "../../connect/transport/exchange.ts";
import { packetOf, senderFor } from "../../connect/transport/udp_sender.ts";
import type { Connection } from "../../contract/connection.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { ERRNO } from "../../host/errno.ts";
import { Failure } from "../../host/failure.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";
import type { ClientHost } from "./client_host.ts";
import { ClientTcp } from "./client_tcp.ts";

/** When a datagram without an answer is sent again, in milliseconds; then after twice as long, as `udp_attempt.ts` does. */
const PATIENCE = 1000;

/** A connection that is under way; ends it with an error number. */
type Ending = (errno: number) => void;

/** Makes connections from a simulated host, as dialers make them from this one. */
export class SimulatedDials {
  readonly #host: ClientHost;
  readonly #underWay = new Set<Ending>();

  constructor(host: ClientHost) {
    this.#host = host;
  }

  readonly tcp: TcpDials = {
    connect: (request, exchange) => {
      if (exchange && "take" in exchange) {
        throw new Failure(
          "what speaks TLS takes real connections: take the network environment netns, or another " +
            "connection type",
        );
      }
      return this.#attempt((end) => this.#overTcp(request, exchange || undefined, end));
    },
    close: () => this.#close(),
  };

  readonly udp: UdpDials = {
    connect: (request, exchange) => this.#attempt((end) => this.#overUdp(request, exchange, end)),
    close: () => this.#close(),
  };

  #close(): void {
    for (const end of [...this.#underWay]) end(ERRNO.ECANCELED);
  }

  /**
   * One attempt, until it ends itself or is ended.
   *
   * @param begin begins it; what it returns gives the record and ends it
   */
  #attempt(begin: (end: Ending) => (errno: number) => Connection): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let finish: ((errno: number) => Connection) | undefined;
      const end = (errno: number) => {
        if (!this.#underWay.delete(end)) return;
        try {
          resolve(finish!(errno));
        } catch (error) {
          reject(error);
        }
      };
      this.#underWay.add(end);
      try {
        finish = begin(end);
      } catch (error) {
        this.#underWay.delete(end);
        reject(error);
      }
    });
  }

  /** A handshake, then the exchange if there is one, as `tcp_attempt.ts` does it. */
  #overTcp(
    { remote, socket, timeoutMs, reset = false, onLocal }: DialRequest,
    exchange: Exchange | undefined,
    end: Ending,
  ): (errno: number) => Connection {
    const { clock } = this.#host;
    const local = this.#host.local(remote, socket.bindPort);
    const start = clock.wall;
    const early = socket.fastOpen === "data" ? exchange?.request() : undefined;
    const connection: ClientTcp = new ClientTcp(this.#host, {
      local,
      remote,
      socket,
      early,
      user: {
        established() {
          if (exchange === undefined) return end(0);
          connection.write((early ?? exchange.request()).subarray(connection.carries));
        },
        received(data) {
          const progress = exchange!.received(data);
          if (progress === "invalid") return end(ERRNO.EPROTO);
          if (progress !== "complete") return;
          const last = exchange!.farewell?.() ?? null;
          if (last !== null) connection.write(last);
          end(0);
        },
        peerEnded() {
          if (exchange !== undefined) end(exchange.ended() ? 0 : ERRNO.ENODATA);
        },
        failed: end,
      },
    });
    this.#host.open(connection);
    onLocal?.(local, IPPROTO_TCP, start);
    connection.begin();
    const cancel = clock.after(timeoutMs, () => end(ERRNO.ETIMEDOUT));
    return (errno) => {
      cancel();
      connection.close(reset);
      return record(IPPROTO_TCP, remote, local, start, errno, exchange?.fields());
    };
  }

  /** A datagram, sent again until it is answered, as `udp_attempt.ts` does it. */
  #overUdp(
    request: ConnectRequest,
    exchange: DatagramExchange,
    end: Ending,
  ): (errno: number) => Connection {
    const { remote, socket, timeoutMs, onLocal } = request;
    const host = this.#host;
    const { clock } = host;
    const local = host.local(remote, socket.bindPort);
    const start = clock.wall;
    const payload = exchange.request();
    let heard = false;
    const unbind = host.bind({
      local,
      remote,
      arrived(data) {
        if (exchange.received(data)) end(0);
        else heard = true;
      },
      failed: end,
    });
    onLocal?.(local, IPPROTO_UDP, start);
    const forged = (packet: PacketSpec) => {
      host.send(packet);
      return Promise.resolve(0);
    };
    const send = request.forge === undefined
      ? () => host.send(packetOf({ local, remote: request.remote, payload }, request.socket))
      : () => void senderFor(request, forged)({ fd: -1, local, remote, payload });
    let cancelAgain = () => {};
    const sendAgain = (wait: number) => {
      cancelAgain = clock.after(wait, () => {
        sendAgain(2 * wait);
        send();
      });
    };
    sendAgain(PATIENCE);
    send();
    const cancel = clock.after(timeoutMs, () => end(heard ? ERRNO.EPROTO : ERRNO.ETIMEDOUT));
    return (errno) => {
      cancel();
      cancelAgain();
      unbind();
      return record(IPPROTO_UDP, remote, local, start, errno, exchange.fields());
    };
  }
}
