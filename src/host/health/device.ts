import { Failure } from "../failure.ts";
import { defaultInterface, interfaceNamed } from "../interface.ts";
import { attempt } from "../run.ts";
import { type Finding, fine } from "./finding.ts";

/**
 * The interface that would be measured on, with its addresses and offloads.
 *
 * @param given its name; undefined for that of the default route
 */
export function device(given: string | undefined): Finding[] {
  try {
    const found = interfaceNamed(given ?? defaultInterface());
    const families = [found.ipv4, found.ipv6];
    const addresses = families.map((list) => list[0]).filter((text) => text !== undefined);
    const lacking = ["IPv4", "IPv6"].filter((_, at) => families[at]!.length === 0);
    const how = given === undefined ? "of the default route" : "as given";
    const text = `${found.name} (${how}), ${addresses.join(", ") || "no address"}`;
    const state: Finding = lacking.length === 0 ? fine("interface", text) : {
      name: "interface",
      level: lacking.length === 2 ? "wrong" : "warning",
      found: `${text}, no global ${lacking.join(", no ")} address`,
      advice: lacking.length === 2
        ? "give it an address, or choose another with --interface"
        : `targets with an ${lacking[0]} address cannot be measured`,
    };
    return [state, offloadsOf(found.name)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // It says what to do itself
    const found = error.message.replace(/\.$/, "");
    return [{ name: "interface", level: "wrong", found, advice: "" }];
  }
}

function offloadsOf(name: string): Finding {
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
export function offloads(said: string): Finding {
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
