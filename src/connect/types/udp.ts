import { Failure } from "../../host/failure.ts";
import type { ArmOptionsOf, ConnectionType } from "../connection_type.ts";
import { ERRNO } from "../../host/errno.ts";
import { endedWith } from "../record.ts";
import type { Stateless } from "../stateless.ts";
import type { DatagramExchange } from "../transport/datagram.ts";
import { socketErrno } from "../transport/icmp_errno.ts";
import { packetOf } from "../transport/udp_sender.ts";
import { udpDials } from "../dialer.ts";

/** Octets of payload that every path takes unfragmented (RFC 8200, section 5, less the headers). */
const LONGEST = 1232;

/** A line, which services that talk in lines may answer, and the echo service does. */
const LINE = new TextEncoder().encode("spider\r\n");

const UDP_OPTIONS: ArmOptionsOf<"udp"> = {
  member: "udp",
  summary: "what is asked of UDP",
  values: {
    payload: { type: "octets", required: true, summary: "what the datagram carries" },
  },
};

/** The same with a token of 16 hexadecimal digits, which what answers has to repeat. */
const TOKEN_AT = "spider ".length;
const TOKEN_LINE = new TextEncoder().encode("spider 0000000000000000\r\n");

/** Lines of which nothing is remembered. */
const statelessLine: Stateless = {
  sharesPort: true,
  forges: true,
  chains: ["udp", "icmp"],
  refuses: ({ udp }) =>
    udp?.payload === undefined ? null : "has a payload of its own, in which no token comes back",
  packet: (local, remote, { socket }) =>
    packetOf({ local, remote, payload: TOKEN_LINE.slice() }, socket),
  echo: (_packet, at) => ({ kind: "text", at: at + TOKEN_AT }),
  settle(connection, _flow, answer) {
    const length = answer === null || answer.error !== null ? null : answer.length;
    const errno = length !== null ? 0 : answer === null ? null : socketErrno(answer.error!);
    return endedWith(connection, errno ?? ERRNO.ETIMEDOUT, { udp_answer_length: length });
  },
};

/** A datagram, and any answer to it. */
export const udp: ConnectionType = {
  name: "udp",
  summary: "a short UDP datagram, and any answer to it",
  transport: "udp",
  // Echo (RFC 862): the one service that answers anything
  defaultPort: 7,
  fields: { udp_answer_length: "octets of the datagram that came back, null when none did" },
  options: UDP_OPTIONS,
  chains: ["icmp"],
  open(context) {
    const dialer = udpDials(context);
    return {
      connect(request) {
        const payload = request.udp?.payload ?? LINE;
        if (payload.length > LONGEST) {
          throw new Failure(
            `a datagram of ${payload.length} octets may be fragmented on the way: give the arm a ` +
              `payload of ${LONGEST} octets at most`,
          );
        }
        return dialer.connect(request, new AnyAnswer(payload));
      },
      close: () => dialer.close(),
    };
  },
  stateless: statelessLine,
};

class AnyAnswer implements DatagramExchange {
  readonly #payload: Uint8Array;
  #length: number | null = null;

  constructor(payload: Uint8Array) {
    this.#payload = payload;
  }

  request(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#payload);
  }

  received({ length }: Uint8Array): boolean {
    this.#length = length;
    return true;
  }

  fields(): Readonly<Record<string, unknown>> {
    return { udp_answer_length: this.#length };
  }
}
