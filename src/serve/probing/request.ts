import { z } from "zod";
import { isAddress } from "../../host/address.ts";
import { LOCATE_LIMITS, PROBING_LIMITS } from "../../run/limits.ts";
import { flag, line, must, oneOf, sized, whole } from "../../plugin/schema/words.ts";

/** Addresses that one request may probe: more are a measurement. */
const MOST = 100;
/** Seconds that an answer is waited for at most. */
const MOST_TIMEOUT = 30;
/** Probes of a host, or of a hop, at most: whoever asks waits for them. */
const MOST_QUERIES = 100;

/** How an answer is written: lines of JSON, CSV, or tables for people. */
const FORMS = ["json", "csv", "text"] as const;

const address = z.string(must("an address")).refine(isAddress, must("an address, not a name"));
const targets = sized(
  z.array(address, must("a list of addresses")),
  { least: 1, most: MOST },
  `must be a list of 1 to ${MOST} addresses`,
).describe("addresses to probe");

const { port, maxTtl, paths, tos, size, timeout } = PROBING_LIMITS;
const protocol = oneOf(["icmp", "udp", "tcp", "sctp"], "protocol of the probes").optional();
const common = {
  targets,
  protocol,
  port: whole(port.minimum, port.maximum, "destination port").optional(),
  queries: whole(1, MOST_QUERIES, "probes of a host, or of a hop").optional(),
  size: whole(size.minimum, size.maximum, "octets of a probe").optional(),
  tos: whole(tos.minimum, tos.maximum, "octet of DSCP and ECN").optional(),
  timeout: whole(timeout.minimum, MOST_TIMEOUT, "seconds that an answer is waited for").optional(),
  numeric: flag("look up no names of addresses, in tables").optional(),
  form: oneOf(FORMS, "how the answer is written").optional(),
};

/**
 * What each command takes over HTTP, by its name. Members are called as the options of the command line,
 * with `_` for `-`; names of hosts are not taken, since who does not want to be probed is known by address.
 */
export const probingRequests = {
  ping: z.strictObject(common),
  trace: z.strictObject({
    ...common,
    max_ttl: whole(maxTtl.minimum, maxTtl.maximum, "greatest number of hops").optional(),
    paths: whole(paths.minimum, paths.maximum, "look for several paths").optional(),
  }),
  locate: z.strictObject({
    targets,
    feature: line("what to look for: ecn, dscp:46"),
    port: whole(port.minimum, port.maximum, "TCP port of the hosts").optional(),
    max_ttl: whole(maxTtl.minimum, maxTtl.maximum, "greatest number of hops").optional(),
    form: oneOf(["json", "text"], "how the answer is written").optional(),
    repeats: whole(LOCATE_LIMITS.repeats.minimum, MOST_QUERIES, "packets of each kind to each hop")
      .optional(),
  }),
} as const;

/** A command that probes. */
export type ProbingCommand = keyof typeof probingRequests;

/** A request that was checked. */
export type ProbingRequest = z.output<typeof probingRequests[ProbingCommand]>;

/** The words for the program itself that do what is asked for. */
export function probingWords(command: ProbingCommand, request: ProbingRequest): string[] {
  const { targets, form = "json", ...options } = request;
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name.replaceAll("_", "-")}=${value}`]
  );
  return [command, ...(form === "text" ? [] : [`--${form}`]), ...flags, ...targets];
}
