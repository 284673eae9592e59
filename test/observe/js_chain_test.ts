import { assertEquals } from "@std/assert";
import { chain, observe } from "../data/chain.ts";
import { back, feed, flowTable, single, there } from "../data/dissect.ts";
import {
  A6,
  ACK,
  B6,
  ethernet,
  type Frame,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  RST,
  SYN,
  tcp,
  UDP,
  udp,
} from "../data/packets.ts";

const HOOKS = ["newFlow", "ip4", "ip6", "icmp4", "icmp6", "tcp", "udp", "l4"] as const;

/** Every call of every hook, in order. */
function calls(frames: readonly Frame[], chains: readonly string[] = [""]): string[] {
  const list: string[] = [];
  const table = flowTable({
    chains: chains.map((name) =>
      chain(
        Object.fromEntries(
          HOOKS.map((hook) => [hook, (_rec: object, _header: unknown, rev: boolean) => {
            list.push(`${name}${hook}${rev && hook !== "newFlow" ? " rev" : ""}`);
          }]),
        ),
        `own${name}`,
      )
    ),
  });
  feed(table, frames);
  return list;
}

Deno.test("the hook of IP comes first, then that of the transport", () => {
  const one = (packet: Uint8Array) => calls([single(ethernet(packet))]).join(" ");
  assertEquals(one(ip4(tcp())), "newFlow ip4 tcp");
  assertEquals(one(ip6(tcp())), "newFlow ip6 tcp");
  assertEquals(one(ip4(udp(new Uint8Array()), { protocol: UDP })), "newFlow ip4 udp");
  const echo = icmpError(8, 0, new Uint8Array());
  assertEquals(one(ip4(echo, { protocol: ICMP })), "newFlow ip4 icmp4");
  assertEquals(one(ip6(echo, { next: ICMP6 })), "newFlow ip6 icmp6");
  assertEquals(one(ip4(echo, { protocol: ICMP6 })), "newFlow ip4 l4", "ICMPv6 needs IPv6");
  assertEquals(one(ip6(echo, { next: 47 })), "newFlow ip6 l4");
});

Deno.test("a flow is new once, and its direction is that of its first packet", () => {
  assertEquals(calls([there(1), back(2), there(3)]), [
    "newFlow",
    "ip4",
    "tcp",
    "ip4 rev",
    "tcp rev",
    "ip4",
    "tcp",
  ]);
});

Deno.test("each hook is called of one chain after the other", () => {
  assertEquals(calls([there(1)], ["a_", "b_"]), [
    "a_newFlow",
    "b_newFlow",
    "a_ip4",
    "b_ip4",
    "a_tcp",
    "b_tcp",
  ]);
});

Deno.test("an ICMP error is a packet of the flow that it quotes", () => {
  const error = ethernet(
    ip4(icmpError(3, 1, ip4(tcp())), { protocol: ICMP, source: [10, 0, 0, 1] }),
  );
  const list = calls([there(1), { time: 2, data: error }]);
  assertEquals(list.slice(3), ["ip4 rev", "icmp4 rev"]);
});

Deno.test("an ignored flow has no record, and stays ignored until it was idle for long enough", () => {
  let asked = 0;
  const ignoring = {
    newFlow: () => ++asked > 1,
    tcp: () => {
      if (asked < 2) throw new Error("called for a flow that is ignored");
    },
  };
  const frames = [
    there(1, { flags: SYN }),
    back(2),
    there(20, { flags: RST }),
    there(40, { flags: SYN, sequence: 7 }),
    back(60),
  ];
  for (const batch of [1, 100]) {
    asked = 0;
    const { flows, stats } = observe(ignoring, frames, { batch });
    assertEquals([flows, asked, stats.ignored, stats.flows], [[], 1, 5, 0]);
    asked = 0;
    const again = observe(ignoring, [...frames, there(91), back(92)], { batch });
    assertEquals([again.flows.map((flow) => flow.pkt_first), asked], [[91], 2]);
    assertEquals([again.stats.ignored, again.stats.flows], [5, 1]);
  }
});

Deno.test("a packet that quotes an ignored flow is passed over with it", () => {
  const error = ethernet(ip4(icmpError(3, 1, ip4(tcp())), { protocol: ICMP }));
  const { flows, stats } = observe({ newFlow: () => false }, [
    there(1),
    { time: 2, data: error },
  ], { batch: 1 });
  assertEquals([flows, stats.ignored], [[], 2]);
});

Deno.test("what a chain calls complete goes on in a capture, whichever hook says so", () => {
  const six = { source: A6, destination: B6 };
  const echo = icmpError(8, 0, new Uint8Array());
  const packets: Record<string, Uint8Array> = {
    ip4: ip4(tcp()),
    tcp: ip4(tcp()),
    udp: ip4(udp(new Uint8Array()), { protocol: UDP }),
    icmp4: ip4(echo, { protocol: ICMP }),
    ip6: ip6(tcp(), six),
    icmp6: ip6(echo, { ...six, next: ICMP6 }),
    l4: ip6(echo, { ...six, next: 47 }),
  };
  for (const [hook, packet] of Object.entries(packets)) {
    const data = ethernet(packet);
    const frames = [1, 7, 13].map((time) => ({ time, data }));
    for (const batch of [1, 100]) {
      let seen = 0;
      const { flows } = observe({ [hook]: () => ++seen > 3 }, frames, { batch });
      assertEquals([flows.map(({ pkt_fwd }) => pkt_fwd), seen], [[3], 3], hook);
    }
  }
});

Deno.test("a chain that calls flows complete changes no record of a capture", () => {
  const frames = [
    there(1, { flags: SYN, sequence: 1 }),
    there(2, { flags: 8 | ACK }),
    back(6.5),
    there(6.9, { flags: SYN, sequence: 2 }),
    there(10, { flags: 8 | ACK }),
    there(15.5),
    there(16, { flags: RST }),
    there(20),
    there(22),
  ];
  const never = observe({ tcp: () => true }, frames).flows;
  assertEquals(never.map((flow) => [flow.pkt_first, flow.pkt_fwd, flow.pkt_rev]), [
    [1, 7, 1],
    [22, 1, 0],
  ]);
  for (const batch of [1, 100]) {
    assertEquals(observe({ tcp: (_rec, tcp) => !tcp.psh }, frames, { batch }).flows, never);
    assertEquals(observe({ ip4: () => false }, frames, { batch }).flows, never);
  }
});
