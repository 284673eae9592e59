import type { Command } from "../../command.ts";
import { options } from "./options.ts";

/** `spider locate`: the declaration alone. */
export const locate: Command<typeof options> = {
  name: "locate",
  section: "Probing",
  summary: "Find the hop at which packets are changed or dropped",
  about: [
    "Sends TCP SYNs with and without a feature, with times to live from 1 on, all on one 5-tuple, " +
    "and compares what routers quote of them with what was sent. Every field that is changed is " +
    "shown with the interval of hops in which that happens: the last that saw it as it was, and the " +
    "first that saw it changed.",
    "Hops that answer nothing widen the interval. Fields that routers do not quote were not seen, " +
    "which is not the same as unchanged; the target itself quotes nothing of a SYN that it takes. " +
    "What happens on the way back does not show in quotations, and is not examined.",
    "Where a port is answered at a hop at which packets to other ports only expire, something answers " +
    "in the target's place, such as a transparent proxy, and that is reported.",
    "Packets are forged and captured, so it needs root.",
  ],
  positionals: [{ name: "HOST", summary: "names or addresses", repeated: true }],
  options,
  examples: [
    {
      line: "spider locate --feature dscp:46 example.org",
      does: "Says where on the path codepoint 46 is changed, or packets with it are dropped.",
    },
    {
      line: "spider locate --feature ecn --port 443 --json 192.0.2.1 2001:db8::1",
      does: "Looks for ECN on two paths, for a script.",
    },
  ],
  load: () => import("./run.ts"),
};
