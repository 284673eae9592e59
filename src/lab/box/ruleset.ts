import type { RulePlace } from "../../contract/middlebox.ts";
import { encodeHex } from "@std/encoding/hex";
import { asked } from "./asked.ts";
import { type BoxChain, dispatch } from "./dispatch.ts";
import type { Network } from "../topology/addresses.ts";
import type { PlannedBox } from "../topology/network_plan.ts";
import { isProgram } from "./queues.ts";

/** Before the program's queue, which is at -150 (mangle). */
const PRIORITY = -160;
/** Parts of a probability that rules tell apart. */
const PARTS = 1_000_000;

/** Where ports stand in the headers of TCP and UDP, in bits. */
const SOURCE_PORT = 0;
const DESTINATION_PORT = 16;

/** The firewall mark of copies that the program sends. */
export const COPY_MARK = 83;

/** They are no connections of the router's own. */
const COPIES = `table inet spider-copies {
chain output {
type filter hook output priority raw
meta mark ${COPY_MARK} notrack
}
}
`;

/** Where rules meet packets: behind the place where a packet's time to live may end, or before it. */
export type Hook = "forward" | "prerouting";

const FAMILIES = [["ip", "ipv4"], ["ip6", "ipv6"]] as const;

/** The script for nft that puts a router's middleboxes there which are rules; empty where none are. */
export function ruleset(boxes: readonly PlannedBox[], hook: Hook = "forward"): string {
  const chains: string[] = [];
  const led = { ip: [] as BoxChain[], ip6: [] as BoxChain[] };
  const tables: string[] = [];
  boxes.forEach((planned, at) => {
    const { box, value } = planned;
    const places = FAMILIES.flatMap(([ip]) => placeOf(planned, ip) ?? []);
    for (const place of places) {
      const rules = asked(planned, () => box.rules?.(place, value) ?? []).map((rule) =>
        rule.trim()
      );
      if (rules.length === 0) continue;
      const name = `box${at + 1}-${place.ip}`;
      chains.push(chain(name, rules));
      led[place.ip].push({ name, to: metBy(rules, place) ? behind(planned, place.ip) : null });
    }
    const own = asked(planned, () => box.chains?.(places, value) ?? []);
    if (own.length > 0) {
      tables.push(`table inet spider-box${at + 1} {\n${own.join("\n")}\n}\n`);
    }
  });
  if (boxes.some(({ box }) => isProgram(box))) tables.push(COPIES);
  const jumps = FAMILIES.flatMap(([ip, protocol]) => {
    const found = dispatch(ip, led[ip]);
    chains.push(...found.chains.map(({ name, rules }) => chain(name, rules)));
    return found.jumps.map((jump) => `meta nfproto ${protocol} ${jump}`);
  });
  if (jumps.length > 0) {
    const base = `type filter hook ${hook} priority ${PRIORITY}`;
    tables.unshift(`table inet spider {\n${chains.join("")}${chain("boxes", [base, ...jumps])}}\n`);
  }
  return tables.join("");
}

/** What lies behind a middlebox, of one IP version; null for everything. */
function behind({ to }: PlannedBox, ip: "ip" | "ip6"): readonly Network[] | null {
  return to?.filter(({ family }) => family === (ip === "ip" ? 4 : 6)) ?? null;
}

/** Whether all rules are about packets from or to what lies behind: not so those about errors. */
function metBy(rules: readonly string[], { both }: RulePlace): boolean {
  return rules.every((rule) => both.some((match) => match !== "" && rule.startsWith(match)));
}

/** How a middlebox's rules refer to its packets of a family; null where it meets none of it. */
function placeOf(planned: PlannedBox, ip: "ip" | "ip6"): RulePlace | null {
  const { port, direction, probability } = planned;
  const own = behind(planned, ip);
  if (own?.length === 0) return null;
  const networks = own?.map(({ text }) => text);
  // nft refuses a comparison that is always true
  const chance = probability === null || probability === 1
    ? ""
    : `numgen random mod ${PARTS} < ${Math.round(probability * PARTS)}`;
  // Not `th dport`: after it a rule could not speak of TCP alone. What has no ports is left out
  const match = (end: "daddr" | "saddr", side: number) =>
    [
      networks === undefined ? "" : `${ip} ${end} { ${networks.join(", ")} }`,
      port === null ? "" : `meta l4proto != { 1, 58 } @th,${side},16 ${port}`,
      chance,
    ].filter((part) => part !== "").join(" ");
  const forward = direction === "reverse" ? null : match("daddr", DESTINATION_PORT);
  const reverse = direction === "forward" ? null : match("saddr", SOURCE_PORT);
  const both = [...new Set([forward, reverse])].filter((one) => one !== null);
  const quoting = own?.flatMap((network) => [
    ...(direction === "forward" ? [] : [quotes(network, "destination")]),
    ...(direction === "reverse" ? [] : [quotes(network, "source")]),
  ]) ?? [""];
  const errors = quoting.map((match) => `${match} ${chance}`.trim());
  return { ip, forward, reverse, both, errors };
}

/** Octets of the header of an ICMP error, before the packet that it quotes. */
const ICMP_HEADER = 8;
/** Where addresses stand in the quoted header. */
const QUOTED = {
  4: { type: "icmp type { 3, 11, 12 }", source: 12, destination: 16 },
  6: { type: "icmpv6 type { 1, 2, 3, 4 }", source: 8, destination: 24 },
} as const;

/** Matches errors about packets from a network, or to it. */
function quotes({ family, octets, bits }: Network, end: "source" | "destination"): string {
  const { type, [end]: offset } = QUOTED[family];
  if (bits === 0) return type;
  const value = BigInt(`0x${encodeHex(octets)}`) >> BigInt(octets.length * 8 - bits);
  return `${type} @th,${(ICMP_HEADER + offset) * 8},${bits} 0x${value.toString(16)}`;
}

function chain(name: string, lines: readonly string[]): string {
  return `chain ${name} {\n${lines.join("\n")}\n}\n`;
}
