import { fine, type HealthFinding } from "./finding.ts";

/** Capabilities (capabilities(7)) by their number, and what needs them. */
const NEEDED = [
  { bit: 13n, name: "CAP_NET_RAW", use: "capture packets" },
  { bit: 12n, name: "CAP_NET_ADMIN", use: "mark connections and set their routes" },
];

/** Whether this process may do what a measurement does. `status` is `/proc/self/status`. */
export function privileges(status: string): HealthFinding {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const effective = BigInt(`0x${mask ?? "0"}`);
  const lacking = NEEDED.filter(({ bit }) => (effective >> bit & 1n) === 0n);
  if (lacking.length === 0) {
    return fine("privileges", NEEDED.map(({ name }) => name).join(", "));
  }
  return {
    name: "privileges",
    level: "missing",
    found: `no ${lacking.map(({ name }) => name).join(", no ")}`,
    advice: `run spider as root, which is needed to ${lacking.map(({ use }) => use).join(" and ")}`,
  };
}
