import { PacketBuilder } from "../../connect/transport/packet_builder.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { IpSpec, PacketSpec, TcpSpec } from "../../contract/packet.ts";
import { Failure } from "../../host/failure.ts";
import type { Draft } from "./draft.ts";
import { MESSAGES } from "./words.ts";

const FIN = 0x01;
const SYN = 0x02;
const ACK = 0x10;

/** The window of a SYN of Linux with the usual MSS. */
const WINDOW = 64_240;
/** What a router quotes at least: the IP header and eight octets (RFC 792). */
const QUOTED_4 = 28;
/** What fits into the smallest MTU of IPv6 (RFC 4443, section 2.4). */
const QUOTED_6 = 1232;

/** One side of a conversation over TCP. */
class Side {
  /** The sequence number that it begins with. */
  readonly first: number;
  /** The one that it sends next. */
  next: number;
  /** The one that it sent last. */
  last: number;

  constructor(first: number) {
    this.first = first;
    this.last = first;
    this.next = first + 1;
  }

  /** Records what was sent; a retransmission does not move it back. */
  sent(sequence: number, flags: number, payload: number): void {
    const syn = (flags & SYN) !== 0;
    const end = (sequence + payload + (syn ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) % 2 ** 32;
    this.last = sequence;
    if (syn || (end - this.next >>> 0) < 2 ** 31) this.next = end;
  }
}

let builder: PacketBuilder | undefined;

/**
 * Turns lines of the packet language into octets, with correct values for everything that they
 * leave out.
 */
export class Conversation {
  readonly #client: Endpoint;
  readonly #server: Endpoint;
  readonly #forged: PacketSpec | null;
  readonly #where: string;
  readonly #sides = [new Side(1000), new Side(5000)] as const;
  /** The last packet each way, for ICMP errors to quote. */
  readonly #sent: (Uint8Array | undefined)[] = [];

  /**
   * @param forged the packet that the connection type would send; null when it sends none itself
   * @param where the name of its text in messages
   */
  constructor(client: Endpoint, server: Endpoint, forged: PacketSpec | null, where: string) {
    this.#client = client;
    this.#server = server;
    this.#forged = forged;
    this.#where = where;
  }

  /**
   * The octets of the next packet, from its IP header on.
   *
   * @throws {Failure} that names the line, when there can be no such packet
   */
  next(draft: Draft): Uint8Array {
    try {
      const octets = (builder ??= new PacketBuilder()).build(this.#spec(draft)).octets.slice();
      this.#sent[draft.forward ? 0 : 1] = octets;
      return octets;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(`${this.#where}, line ${draft.line}: ${error.message}`, { cause: error });
    }
  }

  #spec(draft: Draft): PacketSpec {
    if (draft.kind === "forged") return this.#own(draft);
    const [from, to] = this.#ends(draft);
    const ip: IpSpec = { source: from.address, destination: to.address, ...given(draft.ip) };
    switch (draft.kind) {
      case "tcp":
        return { ip, transport: this.#tcp(draft, from, to), payload: draft.payload ?? NONE };
      case "udp": {
        const ports = { sourcePort: from.port, destinationPort: to.port };
        const transport = { kind: "udp" as const, ...ports, ...draft.fields };
        return { ip, transport, payload: draft.payload ?? NONE };
      }
      case "icmp":
        return this.#icmp(draft, ip);
      case "other": {
        const transport = { kind: "other" as const, protocol: draft.fields.protocol! };
        return { ip, transport, payload: draft.payload ?? NONE };
      }
    }
  }

  #own(draft: Draft): PacketSpec {
    if (!draft.forward) throw new Failure("only the client sends what is forged: write > forged");
    if (this.#forged !== null) {
      const { transport, payload } = this.#forged;
      if (transport.kind === "tcp") {
        const { sequence = 0, flags } = transport;
        this.#sides[0].sent(sequence, flags, payload?.length ?? 0);
      }
      return this.#forged;
    }
    throw new Failure(
      "forged stands for what an arm sends over a connection type that forges, such as tcpsyn",
    );
  }

  #ends({ forward }: Draft): readonly [Endpoint, Endpoint] {
    return forward ? [this.#client, this.#server] : [this.#server, this.#client];
  }

  #tcp(draft: Draft, from: Endpoint, to: Endpoint): TcpSpec {
    const [client, server] = this.#sides;
    const [own, other] = draft.forward ? [client, server] : [server, client];
    const flags = draft.fields.flags ?? 0;
    const syn = (flags & SYN) !== 0;
    const sequence = draft.fields.sequence ??
      (draft.again ? own.last : syn ? own.first : own.next);
    own.sent(sequence, flags, draft.payload?.length ?? 0);
    return {
      kind: "tcp",
      sourcePort: from.port,
      destinationPort: to.port,
      acknowledgment: (flags & ACK) === 0 ? 0 : other.next,
      window: WINDOW,
      options: draft.options,
      ...draft.fields,
      flags,
      sequence,
    };
  }

  #icmp(draft: Draft, ip: IpSpec): PacketSpec {
    const version = ip.source.includes(":") ? 6 : 4;
    const message = draft.message === null ? null : MESSAGES[draft.message]!;
    const [type, code] = message?.[version] ?? [draft.fields.type!, 0];
    const quoted = this.#quotation(draft, message?.error ?? false, version);
    return {
      ip,
      transport: { kind: "icmp", type, code, ...draft.fields },
      payload: draft.payload ?? quoted,
    };
  }

  /** What an ICMP error quotes: the last packet that went the other way. */
  #quotation(draft: Draft, isError: boolean, version: 4 | 6): Uint8Array {
    const length = draft.quote ?? (isError ? version === 4 ? QUOTED_4 : QUOTED_6 : 0);
    if (length === 0 || draft.payload !== undefined) return NONE;
    const sent = this.#sent[draft.forward ? 1 : 0];
    if (sent !== undefined) return sent.slice(0, length);
    throw new Failure("an ICMP error quotes a packet that went the other way, and there is none");
  }
}

const NONE = new Uint8Array();

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
