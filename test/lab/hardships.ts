/** What a router of a lab does besides its middleboxes, each in a table of its own. */
import { runWithin } from "../../src/lab/topology/build.ts";

/**
 * Makes a router do something to what it forwards, before its middleboxes.
 *
 * @param rules lines of nft
 * @param sets those that the rules name, each a line
 */
export function meddle(
  router: string,
  rules: readonly string[],
  sets: readonly string[] = [],
): void {
  const chain = ["type filter hook forward priority raw", ...rules].join("\n    ");
  load(
    router,
    `table inet meddle {
  ${sets.join("\n  ")}
  chain forward {
    ${chain}
  }
}
`,
  );
}

/** Makes a router send no time exceeded messages. */
export function silence(router: string): void {
  load(
    router,
    `table inet silent {
  chain output {
    type filter hook output priority 0
    icmp type time-exceeded drop
    icmpv6 type time-exceeded drop
  }
}
`,
  );
}

/** Makes a router drop one in a number of the packets that it forwards, at random. */
export function lose(router: string, oneOf: number): void {
  meddle(router, [`numgen random mod ${oneOf} < 1 drop`]);
}

/**
 * Lets a router translate the client's address to its own. With `tracked` it also translates what
 * ICMP errors quote, as the kernel's connection tracking does; without it only the outer header.
 *
 * @param away the interface towards the server
 * @param addresses the client's, and those that take their place
 */
export function translate(
  router: string,
  away: string,
  tracked: boolean,
  addresses: readonly { readonly ip: "ip" | "ip6"; readonly from: string; readonly to: string }[],
): void {
  const lines = (of: (address: typeof addresses[number]) => string) =>
    addresses.map(of).join("\n    ");
  load(
    router,
    tracked
      ? `table inet translation {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "${away}" masquerade
  }
}
`
      : `table inet translation {
  chain forward {
    type filter hook forward priority 10
    ${lines(({ ip, from, to }) => `oifname "${away}" ${ip} saddr ${from} ${ip} saddr set ${to}`)}
  }
  chain back {
    type filter hook prerouting priority -10
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ${lines(({ ip, from, to }) => `iifname "${away}" ${ip} daddr ${to} ${ip} daddr set ${from}`)}
  }
}
`,
  );
}

function load(router: string, rules: string): void {
  runWithin(router, ["nft", "-f", "-"], rules);
}
