import { assertEquals } from "@std/assert";
import { dissect, single } from "../../../data/dissect.ts";
import {
  cisco,
  CONTROL_WORD,
  frame,
  mpls,
  nsh,
  ofIp,
  ppp,
  pppoe,
  snap,
  type Typed,
  vlan,
  withLength,
} from "../../../data/headers.ts";
import { be16, ip4, ip6, join, tcp, UDP, udp } from "../../../data/packets.ts";
import {
  geneve,
  gre,
  gtpU,
  inIp,
  l2tp,
  l2tp3,
  pptp,
  type Transport,
  vxlan,
  vxlanGpe,
} from "../../../data/tunnels.ts";

const four = ip4(tcp());
const six = ip6(tcp());
const ends = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2] };
const ethernet = frame(ofIp(four));
const bridged = { type: 0x6558, data: ethernet };

/** The headers around the packet inside, or the counters that went up. */
function seen(content: Typed, wire?: number): string {
  const { flows: [flow], passedOver } = dissect([single(frame(content), wire)]);
  if (flow?.proto === 6) assertEquals([flow.sp, flow.dp], [40000, 80]);
  return flow?.proto === 6 ? flow.encap.join() : Object.keys(passedOver).join() || "outer";
}

const through = ([protocol, payload]: Transport) => ofIp(ip4(payload, { ...ends, protocol }));
const over6 = ([protocol, payload]: Transport) => ofIp(ip6(payload, { next: protocol }));

/** A tunnel's transport with an octet of its own header changed; its payload begins behind UDP's. */
function changed([protocol, payload]: Transport, at: number, octet: number): Typed {
  const wrong = payload.slice();
  wrong[(protocol === UDP ? 8 : 0) + at] = octet;
  return through([protocol, wrong]);
}

Deno.test("every tunnel over IPv4, and over IPv6", () => {
  const cases: [Transport, string, string?][] = [
    [inIp(four), "ipip", "4in6"],
    [inIp(six), "6in4", "6in6"],
    [gre(ofIp(four)), "gre"],
    [gre(ofIp(six), { key: 0xffffffff }), "gre:4294967295"],
    [gre(ofIp(four), { key: 1, checksum: true, sequence: true }), "gre:1"],
    [gre(bridged, { checksum: true }), "gre"],
    [gre(cisco(ofIp(four), 7)), "gre,sgt:7"],
    [gre({ type: 0x880b, data: ppp(four, { compressed: true }) }), "gre"],
    [gre({ type: 0x880b, data: ppp(six, { hdlc: true }) }, { key: 3 }), "gre:3"],
    [gre(mpls(four, [77])), "gre,mpls:77"],
    [gre(nsh(ofIp(four), 5)), "gre,nsh:5"],
    [pptp(ppp(four, { hdlc: true }), 9), "pptp:9"],
    [pptp(ppp(six, { compressed: true }), 9, true), "pptp:9"],
    [vxlan(ethernet, 42), "vxlan:42"],
    [vxlan(ethernet, 42, [0x88, 0x48, 1, 2]), "vxlan:42"],
    [vxlan(frame(vlan(ofIp(four), 3)), 0xffffff), "vxlan:16777215,vlan:3"],
    [vxlanGpe(ofIp(four), 8), "vxlan-gpe:8"],
    [vxlanGpe(nsh(bridged, 7), 8), "vxlan-gpe:8,nsh:7"],
    [geneve(bridged, 5), "geneve:5"],
    [geneve(ofIp(six), 5, [0, 1, 2, 1, 9, 9, 9, 9, 0, 1, 3, 0]), "geneve:5"],
    [gtpU(four, 90), "gtpu:90"],
    [gtpU(six, 90, { sequence: true, extension: true }), "gtpu:90"],
    [l2tp(ppp(four), 5, 9), "l2tp:5/9"],
    [
      l2tp(ppp(four, { hdlc: true }), 5, 9, { length: true, sequence: true, offset: 3 }),
      "l2tp:5/9",
    ],
    [l2tp3(ethernet, 9), "l2tpv3:9"],
    [l2tp3(ethernet, 9, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]), "l2tpv3:9"],
  ];
  for (const [tunnel, encap, encapOver6 = encap] of cases) {
    assertEquals(seen(through(tunnel)), encap);
    assertEquals(seen(over6(tunnel)), encapOver6);
  }
});

Deno.test("datagrams to a tunnel's port that are not wholly a tunnel's are an ordinary flow", () => {
  const cases: [Transport, number, number][] = [
    [vxlan(ethernet, 1), 0, 0x00], // no network
    [vxlan(ethernet, 1), 0, 0x0c],
    [vxlan(ethernet, 1), 2, 1],
    [vxlan(ethernet, 1), 7, 1],
    [vxlanGpe(ofIp(four), 1), 0, 0x1c], // another version
    [vxlanGpe(ofIp(four), 1), 1, 1],
    [geneve(bridged, 1), 0, 0x40], // another version
    [geneve(bridged, 1), 0, 0x3f], // options that have no room
    [geneve(bridged, 1), 1, 1],
    [geneve(bridged, 1), 7, 1],
    [geneve(bridged, 1, [0, 1, 2, 0]), 11, 1], // an option that ends behind them
    [geneve(bridged, 1, [0, 1, 2, 0]), 11, 0x20],
    [gtpU(four, 1), 0, 0x50], // another version
    [gtpU(four, 1), 0, 0x20], // GTP'
    [gtpU(four, 1), 0, 0x38], // the spare bit
    [gtpU(four, 1), 1, 1], // an echo request
    [gtpU(four, 1), 3, 1], // another length
    [gtpU(four, 1, { extension: true }), 12, 0],
    [gtpU(four, 1, { extension: true }), 12, 255],
    [l2tp(ppp(four), 1, 1), 0, 0x80], // control
    [l2tp(ppp(four), 1, 1), 0, 0x10],
    [l2tp(ppp(four), 1, 1), 1, 3], // another version
    [l2tp(ppp(four), 1, 1), 3, 0], // no tunnel
    [l2tp(ppp(four), 1, 1), 5, 0], // no session
    [l2tp(ppp(four), 1, 1, { length: true }), 3, 9], // another length
    [l2tp(ppp(four), 1, 1, { offset: 0 }), 6, 9], // an offset beyond it
  ];
  for (const [tunnel, at, octet] of cases) {
    assertEquals(seen(changed(tunnel, at, octet)), "outer", `${tunnel[1].toHex()} ${at} ${octet}`);
  }
  for (const port of [1701, 2152, 4789, 4790, 6081]) {
    for (let length = 0; length < 16; length++) {
      const datagram = udp(new Uint8Array(length), 53, port);
      assertEquals(seen(ofIp(ip4(datagram, { protocol: UDP }))), "outer");
    }
  }
  // From its port alone
  const [, payload] = vxlan(ethernet, 1);
  payload.set(be16(53), 2);
  payload.set(be16(4789), 0);
  assertEquals(seen(through([UDP, payload])), "outer");
});

Deno.test("a tunnel whose content cannot be followed counts to the flow outside, and is counted", () => {
  const arp = { type: 0x0806, data: new Uint8Array(28) };
  const cases: [Typed, string][] = [
    [through(gre(arp)), "outer_not_ip"],
    [through(vxlan(frame(arp), 1)), "outer_not_ip"],
    [through(pptp(ppp(four, { protocol: 0xfd }), 1)), "outer_not_ip"], // encrypted or packed
    [through(gtpU(join([0x55], four), 1)), "outer_not_ip"],
    [changed(gre(ofIp(four)), 0, 0x40), "outer_not_ip"], // with a route
    [changed(gre(ofIp(four)), 1, 2), "outer_not_ip"], // another version
    [changed(pptp(ppp(four), 1), 0, 0x20), "outer_not_ip"], // an acknowledgment alone
    [changed(geneve(bridged, 1), 1, 0x80), "outer_not_ip"], // control
    [through(l2tp3(ethernet, 0)), "outer_not_ip"], // control
    [through(l2tp3(four, 1)), "outer_not_ip"],
    [through(gre({ type: 0x0800, data: six })), "outer_unread"],
    [through(inIp(ip4(tcp(), { total: 41 }))), "outer_unread"],
    [through(inIp(ip4(tcp({ words: 3 })))), "outer_unread"],
    [through([47, four.slice(0, 3)]), "outer_unread"],
  ];
  for (const [content, counter] of cases) assertEquals(seen(content), counter);
  // Cut by the capture, where as a whole it would be followed
  const whole = frame(through(gre(ofIp(four))));
  for (let length = 34; length < whole.length; length++) {
    const { flows, stats } = dissect([single(whole.slice(0, length), whole.length)]);
    const inside = length >= whole.length - tcp().length + 20;
    assertEquals([flows[0]?.proto, stats.outer_unread], inside ? [6, 0] : [47, 1], `${length}`);
  }
});

Deno.test("eight headers are followed, and no more: in a tunnel what is outside is counted, else nothing", () => {
  let content = ofIp(four);
  for (let depth = 1; depth <= 12; depth++) {
    content = vlan(content, depth);
    const names = Array.from({ length: depth }, (_, i) => `vlan:${depth - i}`).join();
    assertEquals(seen(content), depth <= 8 ? names : "encap_too_deep");
  }
  let packet = four;
  for (let depth = 1; depth <= 12; depth++) {
    packet = ip4(packet, { ...ends, protocol: 4 });
    const { flows, stats } = dissect([single(frame(ofIp(packet)))]);
    assertEquals(flows[0]!.encap.length, Math.min(depth, 8));
    assertEquals([flows[0]!.proto, stats.outer_too_deep], depth <= 8 ? [6, 0] : [4, 1]);
  }
});

Deno.test("MPLS: IP by its first four bits, a pseudowire where it can be told", () => {
  const pseudowire = (first: number, word: readonly number[] = []) =>
    mpls(join(word, frame(ofIp(four), [first, 0, 0, 0, 0, 1])), [16]);
  assertEquals(seen(mpls(six, [3, 1048575])), "mpls:3,mpls:1048575");
  for (const first of [0, 2, 0x40, 0x60, 0xfe]) {
    assertEquals(seen(pseudowire(first)), "mpls:16");
    assertEquals(seen(pseudowire(first, CONTROL_WORD)), "mpls:16");
  }
  // An associated channel, behind its label or by its first four bits; and what nothing tells
  assertEquals(seen(mpls(join([0x10, 0, 0, 0x21], four), [13])), "not_ip");
  assertEquals(seen(mpls(join([0x10, 0, 0, 0x21], four), [16])), "not_ip");
  assertEquals(seen(mpls(join([0, 0, 0, 0], ethernet, new Uint8Array(90)), [16])), "not_ip");
});

Deno.test("PPPoE, LLC and SNAP: the forms that carry IP, and those that do not", () => {
  assertEquals(seen(pppoe(ppp(four), 7)), "pppoe:7");
  assertEquals(seen(pppoe(ppp(six, { hdlc: true, compressed: true }), 65535)), "pppoe:65535");
  assertEquals(seen(pppoe(ppp(four), 7, 9)), "not_ip");
  assertEquals(seen(pppoe(ppp(four, { protocol: 0xc021 }), 7)), "not_ip");
  const llc = (...octets: number[]) => withLength(join(octets, four));
  assertEquals(seen(withLength(snap(ofIp(six)))), "");
  assertEquals(seen(withLength(snap(vlan(ofIp(six), 4)))), "vlan:4");
  assertEquals(seen(withLength(snap({ type: 1, data: ethernet }, [0, 0x80, 0xc2]))), "");
  assertEquals(seen(llc(6, 6, 3)), "");
  assertEquals(seen(llc(0xfe, 0xfe, 3, 0xcc)), "");
  assertEquals(seen(llc(0x42, 0x42, 3)), "not_ip");
  assertEquals(seen(withLength(snap(ofIp(four), [0, 0, 12]))), "not_ip");
});
