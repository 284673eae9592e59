import { Failure } from "../failure.ts";
import { MARKS } from "../ecn_marks.ts";
import { ecnHindrances } from "../ecn_policy.ts";
import {
  defaultInterface,
  type Interface,
  interfaceNamed,
  interfaces,
  SOMEWHERE,
} from "../interface.ts";
import { tableText } from "../netlink/rule.ts";
import { findWay, isWay, whyNoWay } from "../route_lookup.ts";
import { attempt } from "../run.ts";
import { fine, type HealthFinding } from "./finding.ts";

/**
 * The interface that would be measured on, with its addresses and offloads.
 *
 * @param given its name; undefined for that of the default route
 */
export function device(given: string | undefined): HealthFinding[] {
  try {
    const found = interfaceNamed(given ?? defaultInterface());
    const families = [found.ipv4, found.ipv6];
    const addresses = families.map((list) => list[0]).filter((text) => text !== undefined);
    const lacking = ["IPv4", "IPv6"].filter((_, at) => families[at]!.length === 0);
    const how = given === undefined ? "of the default route" : "as given";
    const text = `${found.name} (${how}), ${addresses.join(", ") || "no address"}`;
    const state: HealthFinding = lacking.length === 0 ? fine("interface", text) : {
      name: "interface",
      level: lacking.length === 2 ? "wrong" : "warning",
      found: `${text}, no global ${lacking.join(", no ")} address`,
      advice: lacking.length === 2
        ? "give it an address, or choose another with --interface"
        : `targets with an ${lacking[0]} address cannot be measured`,
    };
    return [state, routes(given === undefined ? null : found), offloadsOf(found.name)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The message itself says what to do
    return [{ name: "interface", level: "wrong", found: error.message, advice: "" }];
  }
}

/**
 * Where the kernel sends packets to the Internet, by its rules and routes, and whether some connections
 * can ask for ECN there.
 *
 * @param bound the interface that sockets would be bound to; null for none
 */
function routes(bound: Interface | null): HealthFinding {
  const name = "routes";
  const known = interfaces();
  const ways = ([4, 6] as const).map((family) => {
    const way = findWay(SOMEWHERE[family], { interface: bound?.index });
    const through = isWay(way) ? known.find(({ index }) => index === way.interface)?.name : null;
    // Where no table has a route, a bound socket treats every destination as on-link
    return isWay(way) && way.table !== 0
      ? { leads: true, text: `IPv${family} through ${through} by table ${tableText(way.table)}` }
      : { leads: false, text: `IPv${family} nowhere${isWay(way) ? "" : `: ${whyNoWay(way)}`}` };
  });
  const found = ways.map(({ text }) => text).join("; ");
  const hindrances = ecnHindrances(bound, MARKS[0]!);
  if (hindrances.length > 0) {
    return { name, level: "wrong", found, advice: hindrances.join("; ") };
  }
  if (ways.some(({ leads }) => leads)) return fine(name, found);
  return {
    name,
    level: "warning",
    found,
    advice: "only targets on its own network can be measured there",
  };
}

function offloadsOf(name: string): HealthFinding {
  try {
    const { ok, stdout } = attempt("ethtool", ["-k", name]);
    if (ok) return offloads(stdout);
    return fine("offloads", "not known: ethtool does not tell for this interface");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return fine("offloads", "not known: ethtool is not installed");
  }
}

/** Offloads that make a capture differ from the wire, as `ethtool -k` calls them. */
const OFFLOADS = {
  "large-receive-offload": "LRO",
  "generic-receive-offload": "GRO",
  "tcp-segmentation-offload": "TSO",
  "generic-segmentation-offload": "GSO",
} as const;

/** What the offloads that `ethtool -k` names do to a capture. */
export function offloads(said: string): HealthFinding {
  const on = Object.entries(OFFLOADS)
    .filter(([name]) => new RegExp(`^${name}: on`, "m").test(said)).map(([, short]) => short);
  if (on.length === 0) return fine("offloads", "none that joins packets");
  const found = `${on.join(", ")} on`;
  if (on.includes("LRO")) {
    return {
      name: "offloads",
      level: "warning",
      found,
      advice: "LRO joins packets in the interface, and single packets' marks may be lost: " +
        "switch it off with ethtool -K INTERFACE lro off",
    };
  }
  return fine(
    "offloads",
    found,
    "a capture sees joined packets, so pkt_* and payload sizes are not those of the wire; " +
      "packets are joined only where their ECN and DSCP marks agree",
  );
}
