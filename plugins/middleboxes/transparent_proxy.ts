import type { Middlebox } from "../../src/mod.ts";

/** The port of the router's that connections are redirected to. */
const PORT = 3129;

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
      ...places.flatMap(({ forward }) =>
        forward === null ? [] : [`${forward} meta l4proto tcp redirect to :${PORT}`]
      ),
      "}",
    ].join("\n"),
  ],
} satisfies Middlebox;
