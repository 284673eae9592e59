import type { Isolation } from "../../host/isolation.ts";
import type { RunPorts } from "../run_ports.ts";

/** What is the same for all sockets of a run. */
export interface SocketSettings {
  /**
   * Name of the network interface that connections leave through, except those to this host itself;
   * null leaves the choice to the kernel.
   */
  readonly interface: string | null;
  /** The addresses to send from, by IP version; where one is missing the kernel chooses. */
  readonly sources?: { readonly 4?: string; readonly 6?: string };
  /** The network namespace to open sockets in; our own when missing. */
  readonly namespace?: Isolation;
  /** The local ports of the run; where it is missing the kernel chooses from all of its own. */
  readonly ports?: RunPorts;
  /** The firewall mark whose route asks for ECN; called when an arm first needs it and after. */
  ecnMark(family: 4 | 6): number;
}
