import { chains } from "../../src/observe/chains.ts";

/** Chains that the figures of the observer are taken with. */
export const THREE: readonly string[] = ["basic", "tcp", "ecn"];
/** The chains of PATHspider. */
export const ELEVEN: readonly string[] = [
  ...THREE,
  ...["dscp", "mss", "tfo", "tcpopt", "icmp", "udp", "evil", "dns"],
];
/** All that the program has. */
export const ALL: readonly string[] = chains().map(({ name }) => name);
