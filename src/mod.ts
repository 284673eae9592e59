/**
 * What a plugin's author or a script imports. A plugin that is to run anywhere imports types alone,
 * which are erased when it is loaded; the functions are for scripts, and for plugins in this tree.
 *
 * @module
 */
export type * from "./contract/arm.ts";
export type * from "./contract/chain.ts";
export type * from "./contract/connection.ts";
export type * from "./contract/flow.ts";
export type * from "./contract/ip_header.ts";
export type * from "./contract/job.ts";
export type * from "./contract/locate.ts";
export type * from "./contract/manifest.ts";
export type * from "./contract/option.ts";
export type * from "./contract/packet.ts";
export type * from "./contract/plugin_test.ts";
export type * from "./contract/spider.ts";
export type * from "./contract/transport_header.ts";
export { extractPorts } from "./observe/library/ports.ts";
export { type TcpOptions, tcpOptions } from "./observe/library/tcp_options.ts";
export { HostResolveError, ProcessError, StateError } from "./probe/errors.ts";
export { MtrPacket, type MtrPacketOptions } from "./probe/mtr_packet.ts";
export type { ProbeOptions, ProbeProtocol } from "./probe/probe_options.ts";
export type { ProbeResult } from "./probe/probe_result.ts";
export type { MplsLabel, ProbeOutcome } from "./probe/reply.ts";

/** The chains of a spider that needs no more than addresses, ports, times and counts of its flows. */
export function simpleObserver(): ["basic"] {
  return ["basic"];
}
