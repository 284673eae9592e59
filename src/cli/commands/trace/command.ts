import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider trace`: the declaration alone. */
export const trace: Command<typeof options> = {
  name: "trace",
  section: "Probing",
  summary: "Find the hops on the paths to many hosts",
  about: [
    "Probes all hops of all hosts at the same time, through one mtr-packet. Sending takes root, or " +
    "an mtr-packet with CAP_NET_RAW; MTR_PACKET names another executable. Ctrl-C ends in order. Times are " +
    "in milliseconds.",
    "Load balancers that choose a path by ports send all UDP probes over IPv4 the same way, since " +
    "both ports are held. Over IPv6 mtr-packet counts the destination port (with --port the source " +
    "port), and of TCP and SCTP probes the source port: those may take several paths, whose routers share " +
    "the rows; how long the shortest and the longest are is shown below.",
  ],
  positionals: [{ name: "HOST", summary: "names or addresses", repeated: true }],
  options,
  examples: [
    { line: "spider trace example.org 192.0.2.1", does: "Traces two paths." },
    {
      line: "spider trace --watch -n example.org",
      does: "Keeps probing, and draws what it finds.",
    },
    {
      line: "spider trace --paths 16 --asn pfx2as.gz example.org",
      does: "Looks for several paths, and names the networks on them.",
    },
  ],
  load: () => import("./run.ts"),
};
