/** The experiments that ship with the program: a new one is a file and a line here. */
const EXPERIMENTS: Readonly<Record<string, () => Promise<{ readonly default: string }>>> = {
  bittorrent: () =>
    import("../../../plugins/experiments/bittorrent.yaml", { with: { type: "text" } }),
  dnsresolv: () =>
    import("../../../plugins/experiments/dnsresolv.yaml", { with: { type: "text" } }),
  dscp: () => import("../../../plugins/experiments/dscp.yaml", { with: { type: "text" } }),
  ecn: () => import("../../../plugins/experiments/ecn.yaml", { with: { type: "text" } }),
  evilbit: () => import("../../../plugins/experiments/evilbit.yaml", { with: { type: "text" } }),
  h2: () => import("../../../plugins/experiments/h2.yaml", { with: { type: "text" } }),
  http3: () => import("../../../plugins/experiments/http3.yaml", { with: { type: "text" } }),
  mss: () => import("../../../plugins/experiments/mss.yaml", { with: { type: "text" } }),
  tcpopt: () => import("../../../plugins/experiments/tcpopt.yaml", { with: { type: "text" } }),
  tfo: () => import("../../../plugins/experiments/tfo.yaml", { with: { type: "text" } }),
  udpzero: () => import("../../../plugins/experiments/udpzero.yaml", { with: { type: "text" } }),
};

/** Names of those that ship with the program. */
export function experimentNames(): readonly string[] {
  return Object.keys(EXPERIMENTS);
}

/** The text of one of them; undefined when there is none of that name. */
export async function bundledExperiment(name: string): Promise<string | undefined> {
  return Object.hasOwn(EXPERIMENTS, name) ? (await EXPERIMENTS[name]!()).default : undefined;
}
