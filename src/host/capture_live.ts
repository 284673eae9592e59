import { Failure } from "./failure.ts";
import { cString, ERROR_BUFFER, fromBuffer, fromC, libpcap } from "./libpcap.ts";
import { noInterface } from "./missing.ts";

const NANOSECONDS = 1;

// pcap_activate(3)
const ERROR_NO_SUCH_DEVICE = -5;
const ERROR_NOT_PERMITTED = -8;
const ERROR_NOT_UP = -9;
const ERROR_PROMISC_NOT_PERMITTED = -11;

/** What a live capture is opened with. */
export interface LiveOptions {
  /** Octets kept of each packet. */
  readonly snaplen: number;
  /** Kernel buffer, in octets. */
  readonly bufferSize: number;
  /**
   * How long the kernel may gather packets before it hands them over, in milliseconds; 0 for not at
   * all. Where it gathers them the buffer is cut into blocks of 256 KiB, and each time one is
   * handed over, however few packets are in it: a program that stalls for as many of these
   * intervals as there are blocks loses packets, as no block is free (TPACKET_V3, packet(7)). With
   * 0, the whole buffer can be filled, and each packet costs a little more.
   */
  readonly timeoutMs: number;
  /** The `pcap_datalink` value that packets are wanted in; the interface's own when missing. */
  readonly linkType?: number;
}

/** Opens an interface. Throws a {@linkcode Failure} that says why not. */
export function openLive(device: string, options: LiveOptions): NonNullable<Deno.PointerValue> {
  const pcapLibrary = libpcap();
  const error = new Uint8Array(ERROR_BUFFER);
  const pcap = pcapLibrary.pcap_create(cString(device), error);
  if (pcap === null) throw new Failure(`cannot capture on ${device}: ${fromBuffer(error)}`);
  pcapLibrary.pcap_set_snaplen(pcap, options.snaplen);
  pcapLibrary.pcap_set_promisc(pcap, 0);
  pcapLibrary.pcap_set_timeout(pcap, options.timeoutMs);
  pcapLibrary.pcap_set_buffer_size(pcap, options.bufferSize);
  pcapLibrary.pcap_set_immediate_mode(pcap, options.timeoutMs === 0 ? 1 : 0);
  pcapLibrary.pcap_set_tstamp_precision(pcap, NANOSECONDS);
  const status = pcapLibrary.pcap_activate(pcap);
  if (status < 0) {
    const said = fromC(pcapLibrary.pcap_geterr(pcap)) ||
      fromC(pcapLibrary.pcap_statustostr(status));
    pcapLibrary.pcap_close(pcap);
    throw refused(device, status, said);
  }
  const { linkType } = options;
  if (linkType !== undefined && pcapLibrary.pcap_set_datalink(pcap, linkType) < 0) {
    const said = fromC(pcapLibrary.pcap_geterr(pcap));
    pcapLibrary.pcap_close(pcap);
    throw new Failure(`cannot capture on ${device}: ${said}`);
  }
  if (pcapLibrary.pcap_setnonblock(pcap, 1, error) < 0) {
    pcapLibrary.pcap_close(pcap);
    throw new Failure(`cannot capture on ${device}: ${fromBuffer(error)}`);
  }
  return pcap;
}

function refused(device: string, status: number, said: string): Failure {
  switch (status) {
    case ERROR_NO_SUCH_DEVICE:
      return noInterface(device);
    case ERROR_NOT_PERMITTED:
    case ERROR_PROMISC_NOT_PERMITTED:
      return new Failure(
        `capturing on ${device} is not permitted: run as root, or with the capabilities CAP_NET_RAW ` +
          "and CAP_NET_ADMIN",
      );
    case ERROR_NOT_UP:
      return new Failure(
        `the interface ${device} is down: bring it up with \`ip link set ${device} up\``,
      );
    default:
      return new Failure(`cannot capture on ${device}: ${said}`);
  }
}
