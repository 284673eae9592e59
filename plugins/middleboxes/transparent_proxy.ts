import type { Middlebox } from "../../src/mod.ts";

/** The port of the router's that connections are redirected to. */
const PORT = 3129;

const LIVES = { ip: "ip ttl > 1", ip6: "ip6 hoplimit > 1" } as const;

export default {
  kind: "middlebox",
  name: "transparent-proxy",
  version: "1.0.0",
  api: "^1",
  summary: "takes TCP connections that go forward itself, and connects on with its own",
  references: ["RFC 3135", "RFC 8803"],
  narrows: ["to", "port"],
  relays: PORT,
  chains: (places) => [
    [
      "chain proxy {",
      "type nat hook prerouting priority dstnat",
      ...places.flatMap(({ ip, forward }) =>
        forward === null ? [] : [
          // Not what is for the router itself, nor what ends here, as at any router
          `${forward} ${LIVES[ip]} fib daddr type != local meta l4proto tcp redirect to :${PORT}`,
        ]
      ),
      "}",
    ].join("\n"),
  ],
} satisfies Middlebox;
