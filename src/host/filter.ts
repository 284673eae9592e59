import { Failure } from "./failure.ts";
import { cString, fromC, libpcap } from "./libpcap.ts";

/** More than a `struct bpf_program`: a count and a pointer. */
const PROGRAM = 16;
const NETMASK_UNKNOWN = 0xffff_ffff;

/**
 * Lets a capture give only the packets that an expression of pcap-filter(7) lets through. Throws a
 * {@linkcode Failure} when it is not understood.
 */
export function setFilter(pcap: NonNullable<Deno.PointerValue>, expression: string): void {
  const program = new Uint8Array(PROGRAM);
  const { pcap_compile, pcap_setfilter, pcap_freecode, pcap_geterr } = libpcap();
  const compiled = pcap_compile(pcap, program, cString(expression), 1, NETMASK_UNKNOWN) === 0;
  const set = compiled && pcap_setfilter(pcap, program) === 0;
  if (compiled) pcap_freecode(program);
  if (set) return;
  throw notUnderstood(expression, fromC(pcap_geterr(pcap)));
}

/** Says that a filter cannot be used, and why. */
export function notUnderstood(expression: string, said: string): Failure {
  return new Failure(
    `the filter "${expression}" is not understood: ${said}; see pcap-filter(7) for the language`,
  );
}
