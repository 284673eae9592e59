import { runWithin } from "./network.ts";

/**
 * Where on a router its middleboxes are: `forward`, behind the place where a packet's time to live may
 * end, so that the next hop is the first that sees what they do; `prerouting`, before it.
 */
export type Hook = "forward" | "prerouting";

/** Makes a router send no time exceeded messages. */
export function silence(router: string): void {
  runWithin(
    router,
    ["nft", "-f", "-"],
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
  runWithin(
    router,
    ["nft", "-f", "-"],
    `table inet loss {
  chain forward {
    type filter hook forward priority raw
    numgen random mod ${oneOf} < 1 drop
  }
}
`,
  );
}

/**
 * Lets a router translate the client's address to its own. With `tracked` it also translates what
 * ICMP errors quote, as the kernel's connection tracking does; without it only the outer header.
 *
 * @param client the client's addresses, and those that take their place
 */
export function translate(
  router: string,
  tracked: boolean,
  addresses: readonly { readonly ip: "ip" | "ip6"; readonly from: string; readonly to: string }[],
): void {
  const lines = (of: (address: typeof addresses[number]) => string) =>
    addresses.map(of).join("\n    ");
  runWithin(
    router,
    ["nft", "-f", "-"],
    tracked
      ? `table inet translation {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "right" masquerade
  }
}
`
      : `table inet translation {
  chain forward {
    type filter hook forward priority 10
    ${lines(({ ip, from, to }) => `oifname "right" ${ip} saddr ${from} ${ip} saddr set ${to}`)}
  }
  chain back {
    type filter hook prerouting priority -10
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ${lines(({ ip, from, to }) => `iifname "right" ${ip} daddr ${to} ${ip} daddr set ${from}`)}
  }
}
`,
  );
}
