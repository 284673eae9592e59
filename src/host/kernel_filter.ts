import { notUnderstood } from "./filter.ts";
import { libc, must } from "./libc.ts";
import { cString, fromC, libpcap } from "./libpcap.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;

/** `struct bpf_program` and `struct sock_fprog`: a count, and a pointer 8 octets on. */
const PROGRAM = 16;
const POINTER = 8;
const NETMASK_UNKNOWN = 0xffff_ffff;

/**
 * Changes what the kernel hands to a live capture, from one packet to the next. libpcap's own
 * pcap_setfilter(3) would lose packets: it drops everything for a moment, and then filters the ring
 * again with an interpreter that knows neither the direction of a packet nor its interface.
 *
 * @param fd the capture's socket
 * @param linkType the `pcap_datalink` value of how the kernel sees packets on it
 * @param snaplen octets to keep of each packet
 * @param expression as in pcap-filter(7); null for every packet
 * @throws {Failure} when the expression is not understood
 */
export function setKernelFilter(
  fd: number,
  linkType: number,
  snaplen: number,
  expression: string | null,
): void {
  if (expression === null) {
    must("setsockopt", libc.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, new Int32Array(1), 4));
    return;
  }
  const { pcap_open_dead, pcap_compile, pcap_freecode, pcap_close, pcap_geterr } = libpcap();
  const compiler = pcap_open_dead(linkType, snaplen)!;
  const program = new Uint8Array(PROGRAM);
  try {
    if (pcap_compile(compiler, program, cString(expression), 1, NETMASK_UNKNOWN) !== 0) {
      throw notUnderstood(expression, fromC(pcap_geterr(compiler)));
    }
    const attached = libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, forKernel(program), PROGRAM);
    pcap_freecode(program);
    must("setsockopt", attached);
  } finally {
    pcap_close(compiler);
  }
}

/** The program as setsockopt(2) takes it: its count has 16 bits, libpcap's 32. */
function forKernel(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const native = new Uint8Array(PROGRAM);
  new Uint16Array(native.buffer, 0, 1)[0] = new Uint32Array(program.buffer, 0, 1)[0]!;
  native.set(program.subarray(POINTER), POINTER);
  return native;
}
