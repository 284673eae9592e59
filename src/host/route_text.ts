import { Failure } from "./failure.ts";

/** Words that stand before the prefix when a route is not a plain unicast one. */
const TYPES = new Set([
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "nat",
  "throw",
  "unreachable",
  "prohibit",
  "blackhole",
]);

/** What a route says of its own present state or origin, and a copy cannot or need not say. */
const STATE_WORDS = new Set([
  "dead",
  "linkdown",
  "pervasive",
  "unresolved",
  "offload",
  "offload_failed",
  "trap",
  "rt_offload",
  "rt_offload_failed",
  "rt_trap",
  "notify",
  "cache",
]);

/** The same, with a value after it. */
const STATE_PAIRS = new Set(["proto", "expires", "nhid", "error", "users", "age", "table"]);

/** A route as `ip -o route show` writes it, in parts. */
interface RouteText {
  readonly type: string;
  /** Prefix, type of service and source prefix: what the route is looked up by. */
  readonly key: readonly string[];
  readonly attributes: readonly string[];
  readonly nexthops: readonly (readonly string[])[];
}

/**
 * Turns the text of `ip -o route show table main` into the arguments of `ip route add` that make a
 * table in which sockets that are bound to one interface find the same ways out, each asking for
 * ECN. Ways through other interfaces are left out, as such sockets pass over them anyhow. What the
 * main table refuses to route gets a `throw` route, so that the kernel goes on to the main table.
 *
 * @returns a list of words for each route; empty when no route leads through the interface
 * @throws {Failure} when a route sets TCP features of its own
 */
export function ecnRoutes(text: string, interfaceName: string): string[][] {
  const routes = text.split("\n").filter((line) => line.trim() !== "").map(parse);
  const ours = routes.flatMap((route) => throughInterface(route, interfaceName));
  if (ours.length === 0) return [];
  const covered = new Set(ours.map((route) => route.key.join(" ")));
  const refused = routes.filter(({ type, key }) =>
    type !== "unicast" && !covered.has(key.join(" "))
  );
  return [
    // Connected networks first: a gateway must be reachable when the route through it is added.
    ...ours.filter((route) => !hasGateway(route)).map(write),
    ...ours.filter(hasGateway).map(write),
    ...refused.map(({ key }) => ["throw", ...key]),
  ];
}

function parse(line: string): RouteText {
  const [head = "", ...hops] = line.split("\\").map((part) => part.trim());
  const words = head.split(/\s+/);
  const type = TYPES.has(words[0] ?? "") ? words.shift() ?? "" : "unicast";
  const key = [words.shift() ?? ""];
  while (words[0] === "tos" || words[0] === "from") key.push(...words.splice(0, 2));
  return {
    type,
    key,
    attributes: lasting(words),
    nexthops: hops.map((hop) => lasting(hop.split(/\s+/)).slice(1)),
  };
}

function lasting(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (STATE_PAIRS.has(word)) at++;
    else if (!STATE_WORDS.has(word)) kept.push(word);
  }
  return kept;
}

/** The route with only those of its ways that lead through the interface; empty when none does. */
function throughInterface(route: RouteText, interfaceName: string): RouteText[] {
  if (route.type !== "unicast") return [];
  const leads = (words: readonly string[]) => words[words.indexOf("dev") + 1] === interfaceName;
  const nexthops = route.nexthops.filter(leads);
  if (nexthops.length === 0 && !leads(route.attributes)) return [];
  if (route.attributes.includes("features")) {
    throw new Failure(
      `The route to ${route.key[0]} through ${interfaceName} sets TCP features of its own, so a ` +
        `connection without ECN cannot be told from one with it: remove \`features\` from it.`,
    );
  }
  return [{ ...route, nexthops }];
}

function hasGateway(route: RouteText): boolean {
  return [route.attributes, ...route.nexthops].some((words) => words.includes("via"));
}

function write({ key, attributes, nexthops }: RouteText): string[] {
  const ways = nexthops.flatMap((words) => ["nexthop", ...words]);
  return [...key, ...attributes, "features", "ecn", ...ways];
}
