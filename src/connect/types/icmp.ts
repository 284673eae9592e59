import type { SocketOptions } from "../../contract/connection.ts";
import type { FlowRecord } from "../../contract/flow.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { ERRNO } from "../../host/errno.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6 } from "../../host/ip_protocol.ts";
import type { ConnectionType } from "../connection_type.ts";
import { endedWith } from "../record.ts";
import { ipSpec } from "../transport/ip_spec.ts";
import { obstacle, probes, settled } from "../transport/probe.ts";
import { randomNumber } from "../transport/random.ts";

/** Types of an echo request and its reply (RFC 792; RFC 4443, section 4). */
const REQUEST = { 4: 8, 6: 128 } as const;
const REPLY = { 4: 0, 6: 129 } as const;
/** Octets of the data, which the reply repeats. */
const DATA = 8;

const CHAINS = ["icmp", "icmpx"];

/**
 * An ICMP echo request, forged: the identifier, which stands for a port, is at our end. It is not sent
 * again: which request a reply is to would be unknown.
 */
export const icmp: ConnectionType = {
  name: "icmp",
  summary: "an ICMP echo request, and the reply to it",
  transport: "raw",
  // There are no ports
  defaultPort: 0,
  portless: true,
  fields: {},
  chains: CHAINS,
  open: (context) =>
    probes(context, {
      protocol: (address) => address.includes(":") ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
      packet: (local, { remote, socket, forge }) => {
        const packet = echoRequest(local, remote, socket);
        return forge?.(packet) ?? packet;
      },
      again: false,
    }),
  settle: (connection, flow) => settled(connection, flow, ending),
  stateless: {
    sharesPort: true,
    forges: true,
    chains: CHAINS,
    packet: (local, remote, { socket }) => echoRequest(local, remote, socket),
    echo: (_packet, at) => ({ kind: "echo", at }),
    settle: (connection, flow) => endedWith(connection, ending(flow) ?? ERRNO.ETIMEDOUT),
  },
};

function versionOf({ address }: Endpoint): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

function echoRequest(local: Endpoint, remote: Endpoint, socket: SocketOptions): PacketSpec {
  const data = new Uint8Array(DATA);
  const view = new DataView(data.buffer);
  view.setUint32(0, randomNumber());
  view.setUint32(4, randomNumber());
  return {
    ip: ipSpec(local, remote, socket),
    transport: {
      kind: "icmp",
      type: REQUEST[versionOf(remote)],
      code: 0,
      rest: (local.port << 16 | randomNumber() & 0xffff) >>> 0,
    },
    payload: data,
  };
}

function ending(flow: FlowRecord): number | null {
  const reply = REPLY[flow.dip.includes(":") ? 6 : 4];
  return flow.icmp_type_rev === reply ? 0 : obstacle(flow);
}
