import type { Chain, Spider, SpiderTest } from "../../src/mod.ts";

/** A chain with every hook, doing nothing. A spider may have such chains of its own. */
const chain = {
  name: "template-chain",
  fields: {},
  newFlow(_rec, _ip) {},
  ip4(_rec, _ip, _rev) {},
  ip6(_rec, _ip, _rev) {},
  icmp4(_rec, _icmp, _rev) {},
  icmp6(_rec, _icmp, _rev) {},
  tcp(_rec, _tcp, _rev) {},
  udp(_rec, _udp, _rev) {},
  l4(_rec, _header, _rev) {},
} satisfies Chain;

/**
 * The template of PATHspider's guide: every hook is there and does nothing. Take away what you do not
 * need; only `conclude` must stay. One hook is not here, `jobs`: its answer takes the place of the
 * result.
 */
export default {
  kind: "spider",
  name: "template",
  version: "1.0.0",
  api: "^1",
  summary: "Every hook, doing nothing",
  references: [],
  options: {},
  requires: {},
  conflicts: {},
  connect: ["tcp"],
  chains: ["basic", chain],
  arms: [
    { name: "baseline" },
    {
      name: "experiment",
      socket: {},
      http: {},
      dns: {},
      system: { sysctls: {}, enter(_options) {}, leave(_options) {} },
      forge: (packet, _job) => packet,
      connect: (_job, { connect }) => connect(),
    },
  ],
  needs: "address",
  observe: true,
  conditions: { "template.done": "both arms were observed" },
  confirm: [],
  init(_options) {},
  close(_options) {},
  skip: (_job, _options) => null,
  preConnect: (_job, _options) => undefined,
  postConnect(_job, _connection, _arm, _prepared) {},
  merge: (_flow, _connection) => ({}),
  conclude: (_flows, _helpers, _options) => ["template.done"],
} satisfies Spider;

/** Its tests, which `spider plugins test` plays. */
export const tests: readonly SpiderTest[] = [
  {
    name: "nothing is made of what is seen",
    arms: {
      baseline: { socket: "ok", packets: "> S\n< SA\n> .", flow: { pkt_fwd: 2, pkt_rev: 1 } },
      experiment: { socket: "refused", packets: "> S\n< RA" },
    },
    conditions: ["template.done"],
  },
];
