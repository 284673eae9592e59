import { Failure } from "./failure.ts";

const SYMBOLS = {
  pcap_lib_version: { parameters: [], result: "pointer" },
  pcap_create: { parameters: ["buffer", "buffer"], result: "pointer" },
  pcap_set_snaplen: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_set_promisc: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_set_timeout: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_set_immediate_mode: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_set_buffer_size: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_set_tstamp_precision: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_get_tstamp_precision: { parameters: ["pointer"], result: "i32" },
  pcap_activate: { parameters: ["pointer"], result: "i32" },
  pcap_fopen_offline: { parameters: ["pointer", "buffer"], result: "pointer" },
  pcap_snapshot: { parameters: ["pointer"], result: "i32" },
  pcap_open_dead: { parameters: ["i32", "i32"], result: "pointer" },
  pcap_set_datalink: { parameters: ["pointer", "i32"], result: "i32" },
  pcap_datalink: { parameters: ["pointer"], result: "i32" },
  pcap_datalink_val_to_name: { parameters: ["i32"], result: "pointer" },
  pcap_compile: { parameters: ["pointer", "buffer", "buffer", "i32", "u32"], result: "i32" },
  /** The packet's address as a number: there is one for each of millions. */
  pcap_offline_filter: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  pcap_setfilter: { parameters: ["pointer", "buffer"], result: "i32" },
  pcap_freecode: { parameters: ["buffer"], result: "void" },
  pcap_setnonblock: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  pcap_get_selectable_fd: { parameters: ["pointer"], result: "i32" },
  pcap_dispatch: { parameters: ["pointer", "i32", "pointer", "pointer"], result: "i32" },
  pcap_stats: { parameters: ["pointer", "buffer"], result: "i32" },
  pcap_geterr: { parameters: ["pointer"], result: "pointer" },
  pcap_statustostr: { parameters: ["i32"], result: "pointer" },
  pcap_close: { parameters: ["pointer"], result: "void" },
  /** Its address: pcap_dump(3) is itself a `pcap_handler`. */
  pcap_dump: { type: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

// Debian names the library after the ABI of 0.8, other systems after that of 1.0
const NAMES = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

let library: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] | undefined;

/** The functions of libpcap. Throws a {@linkcode Failure} when it is not installed. */
export function libpcap(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  if (library !== undefined) return library;
  const reasons: string[] = [];
  for (const name of NAMES) {
    try {
      return library = Deno.dlopen(name, SYMBOLS).symbols;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Failure(
    `libpcap could not be loaded: install it (Debian: apt install libpcap0.8); ${reasons[0]}`,
  );
}

/** Text for C: UTF-8 and a zero. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** Text from C; empty for a null pointer. */
export function fromC(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** Text that libpcap left in an error buffer. */
export function fromBuffer(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(buffer.subarray(0, end < 0 ? buffer.length : end));
}

/** `PCAP_ERRBUF_SIZE` */
export const ERROR_BUFFER = 256;
