import type { Middlebox, RulePlace } from "../../src/mod.ts";

function chain(name: string, hook: string, rules: readonly string[]): string {
  return [`chain ${name} {`, hook, ...rules, "}"].join("\n");
}

function forwardRules(places: readonly RulePlace[], statement: string): string[] {
  return places.flatMap(({ forward }) => forward === null ? [] : [`${forward} ${statement}`]);
}

export default {
  kind: "middlebox",
  name: "syn-proxy",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs itself, and connects to the server when the handshake is complete",
  references: ["RFC 4987"],
  narrows: ["to", "port"],
  // An ACK that ends a handshake with a cookie must not count as a connection that was there before
  sysctls: { "net.netfilter.nf_conntrack_tcp_loose": "0" },
  chains: (places) => [
    chain(
      "untracked",
      "type filter hook prerouting priority raw",
      forwardRules(places, "tcp flags & (syn|ack) == syn notrack"),
    ),
    chain(
      "proxied",
      "type filter hook forward priority 0",
      forwardRules(
        places,
        "meta l4proto tcp ct state { invalid, untracked } synproxy mss 1460 wscale 7 timestamp sack-perm",
      ),
    ),
  ],
} satisfies Middlebox;
