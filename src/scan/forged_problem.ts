import type { PacketSpec, TcpSpec } from "../contract/packet.ts";

const SYN = 0x02;
/** FIN, RST and ACK: what has one of them is answered without its sequence number, or not at all. */
const OTHERS = 0x01 | 0x04 | 0x10;

/**
 * Why what an arm's `forge` made of a packet cannot be sent to any number of targets, with its
 * answers known again: the end of a sentence. Null when it can.
 */
export function forgedProblem(given: PacketSpec, forged: PacketSpec): string | null {
  const { ip, transport } = forged;
  if (ip.source !== given.ip.source || ip.destination !== given.ip.destination) {
    return "changes the addresses";
  }
  if (ip.identification) return "sets `ip.identification`, which carries a scan's token";
  if (transport.kind !== given.transport.kind) return "changes the protocol";
  const own = ownTransport(given.transport, transport);
  if (own !== null) return own;
  if (transport.kind === "tcp") return synProblem(transport, forged.payload);
  return sameOctets(given.payload, forged.payload)
    ? null
    : "changes the payload, in which a scan's token comes back";
}

/** What of a transport header is not the arm's to change. */
function ownTransport(
  given: PacketSpec["transport"],
  transport: PacketSpec["transport"],
): string | null {
  if ("checksum" in transport && transport.checksum !== undefined) {
    const none = transport.kind === "udp" && transport.checksum === 0;
    if (!none) return "sets a checksum, which is another one for each target";
  }
  if (transport.kind === "udp" && transport.length !== undefined) return "sets `udp.length`";
  if (transport.kind === "icmp" && given.kind === "icmp") {
    const { type, code, rest } = transport;
    return type === given.type && code === given.code && rest === given.rest
      ? null
      : "changes the ICMP header, in which a scan's token comes back";
  }
  if (!("sourcePort" in transport) || !("sourcePort" in given)) return null;
  if (
    transport.sourcePort !== given.sourcePort || transport.destinationPort !== given.destinationPort
  ) return "changes the ports";
  return transport.kind === "tcp" && given.kind === "tcp" && transport.sequence !== given.sequence
    ? "changes the sequence number, which carries a scan's token"
    : null;
}

function synProblem({ flags, dataOffset }: TcpSpec, payload: Uint8Array | undefined) {
  if ((flags & SYN) === 0 || (flags & OTHERS) !== 0) {
    return "makes another segment than a SYN, whose answers acknowledge no token";
  }
  if (dataOffset !== undefined) return "sets `tcp.dataOffset`";
  return payload === undefined || payload.length === 0
    ? null
    : "puts data into the SYN, of which an answer may acknowledge any part";
}

const NONE: Uint8Array = new Uint8Array();

function sameOctets(one = NONE, other = NONE): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
