import type { SocketOptions } from "../../contract/connection.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec, TcpOptionSpec } from "../../contract/packet.ts";
import { Failure } from "../../host/failure.ts";
import { ipSpec } from "./ip_spec.ts";
import { randomNumber } from "./random.ts";

const SYN = 0x02;
const ECE = 0x40;
const CWR = 0x80;

/** The window of a SYN of Linux with the usual MSS. */
const WINDOW = 64240;
/** What fits into an Ethernet frame besides IP and TCP headers. */
const MSS = { 4: 1460, 6: 1440 } as const;
const MOST_MSS = 0xffff;

const NOP: TcpOptionSpec = { kind: 1 };
const SACK_PERMITTED: TcpOptionSpec = { kind: 4 };
const WINDOW_SCALE: TcpOptionSpec = { kind: 3, data: Uint8Array.of(7) };

/**
 * A SYN as a Linux host would send it, with its options in their usual order, and the arm's socket
 * options applied.
 *
 * @throws {Failure} for an option that a single SYN cannot implement
 */
export function synPacket(local: Endpoint, remote: Endpoint, socket: SocketOptions): PacketSpec {
  if (socket.fastOpen !== undefined) {
    throw new Failure(
      "a forged SYN has no `fastOpen`: leave it out, or put the option into the packet with `forge`",
    );
  }
  const { ecn, mss = MSS[remote.address.includes(":") ? 6 : 4] } = socket;
  if (!Number.isInteger(mss) || mss < 0 || mss > MOST_MSS) {
    throw new Failure(`cannot set mss ${mss} on a forged SYN: it takes 0 to ${MOST_MSS}`);
  }
  return {
    ip: ipSpec(local, remote, socket),
    transport: {
      kind: "tcp",
      sourcePort: local.port,
      destinationPort: remote.port,
      sequence: randomNumber(),
      flags: ecn ? SYN | ECE | CWR : SYN,
      window: WINDOW,
      options: [
        { kind: 2, data: segmentSize(mss) },
        SACK_PERMITTED,
        { kind: 8, data: timestamps(randomNumber()) },
        NOP,
        WINDOW_SCALE,
      ],
    },
  };
}

/** The Maximum Segment Size option (RFC 9293, section 3.7.1). */
function segmentSize(mss: number): Uint8Array {
  const data = new Uint8Array(2);
  data[0] = mss >> 8;
  data[1] = mss;
  return data;
}

/** The Timestamps option of a SYN, which echoes nothing (RFC 7323, section 3.2). */
function timestamps(value: number): Uint8Array {
  // Not by Uint8Array.of, which takes several times as long
  const data = new Uint8Array(8);
  data[0] = value >> 24;
  data[1] = value >> 16;
  data[2] = value >> 8;
  data[3] = value;
  return data;
}
