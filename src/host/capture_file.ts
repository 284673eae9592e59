import { CaptureInput } from "./capture_input.ts";
import { libc } from "./libc.ts";
import { cString, ERROR_BUFFER, fromBuffer, libpcap } from "./libpcap.ts";

const NANOSECONDS = 1;
const IOFBF = 0;
/**
 * Octets of a real file that are read at once: with the C library's own 4 KiB, reading takes 5 %
 * longer.
 */
const READ_AHEAD = 1 << 18;

/** A capture file that is open: pcap or pcapng, packed or not, a pipe or a real file. */
export class CaptureFile {
  readonly #input: CaptureInput;
  /** What the C library reads into; it must outlive the capture. */
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  readonly pcap: NonNullable<Deno.PointerValue>;

  /** Opens a file, `-` for standard input. Throws a {@linkcode Failure} when it cannot be read. */
  constructor(path: string) {
    this.#input = new CaptureInput(path);
    this.pcap = this.#open();
  }

  /** Whether it is a pipe, whose writer may let it wait. */
  get isPipe(): boolean {
    return this.#input.isPipe;
  }

  /** How much of the file was read, from 0 to 1; null when it is not known how much there is. */
  get share(): number | null {
    return this.#input.share;
  }

  /** What is wrong with the packed data, to be asked when the capture has ended; else null. */
  damage(): string | null {
    return this.#input.damage();
  }

  /** To be called once, after the capture was closed, which closes what it read from. */
  close(): void {
    this.#buffer = null;
    this.#input.close();
  }

  #open(): NonNullable<Deno.PointerValue> {
    const stream = libc.fdopen(this.#input.fd, cString("r"));
    if (this.#input.isPlainFile) {
      this.#buffer = new Uint8Array(READ_AHEAD);
      const at = Deno.UnsafePointer.of(this.#buffer);
      libc.setvbuf(stream, at, IOFBF, BigInt(READ_AHEAD));
    }
    const error = new Uint8Array(ERROR_BUFFER);
    const pcap = libpcap().pcap_fopen_offline_with_tstamp_precision(stream, NANOSECONDS, error);
    if (pcap !== null) return pcap;
    const damage = this.damage();
    libc.fclose(stream);
    this.close();
    throw this.#input.unreadable(
      damage ?? `${fromBuffer(error)}; give a pcap or pcapng file that you may read`,
    );
  }
}

/**
 * libpcap's error for a file that it cannot read further, with advice where it is not obvious. It
 * supports one link type and one snapshot length per file.
 */
export function explainFault(said: string): string {
  const several = /an interface has a (type|snapshot length) .*different from/.exec(said);
  if (several === null) return said;
  return several[1] === "type"
    ? "it has interfaces of different link types, and only those of one can be read at once: put " +
      "each interface's packets into a file of their own first, as Wireshark does"
    : "it has interfaces of different snapshot lengths, and only those of one can be read at " +
      "once: convert it first with `editcap -F pcap`";
}
