import type { Spider } from "../contract/spider.ts";

/** The spiders that ship with the program: a new one is a file and a line here. */
export const SPIDERS: Readonly<Record<string, () => Promise<{ default: Spider }>>> = {
  dnsresolv: () => import("../../plugins/spiders/dnsresolv.ts"),
  dscp: () => import("../../plugins/spiders/dscp.ts"),
  ecn: () => import("../../plugins/spiders/ecn.ts"),
  evilbit: () => import("../../plugins/spiders/evilbit.ts"),
  h2: () => import("../../plugins/spiders/h2.ts"),
  mss: () => import("../../plugins/spiders/mss.ts"),
  tcpopt: () => import("../../plugins/spiders/tcpopt.ts"),
  tfo: () => import("../../plugins/spiders/tfo.ts"),
  udpzero: () => import("../../plugins/spiders/udpzero.ts"),
};
