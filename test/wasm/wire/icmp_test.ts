import { assertEquals } from "@std/assert";
import { back, dissect, single, there } from "../../data/dissect.ts";
import {
  A4,
  A6,
  B4,
  B6,
  ethernet,
  fragment6,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  join,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

const ROUTER4 = [203, 0, 113, 9];
const ROUTER6 = [0x20, 1, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

/** An error of a router to A4, quoting what is given. */
const error4 = (quoted: Uint8Array, type = 11, to = A4, source = ROUTER4) =>
  ethernet(ip4(icmpError(type, 0, quoted), { source, destination: to, protocol: ICMP }));
const error6 = (quoted: Uint8Array, type = 1, to = A6) =>
  ethernet(ip6(icmpError(type, 0, quoted), { source: ROUTER6, destination: to, next: ICMP6 }));

const syn4 = ip4(tcp({ flags: SYN }));
const syn6 = ip6(tcp({ flags: SYN }));

/**
 * The result of a flow that begins with `first` and is followed by an error; TCP and UDP before
 * ICMP.
 */
function after(first: Uint8Array, error: Uint8Array, wire?: number) {
  const { flows, passedOver } = dissect([single(ethernet(first)), single(error, wire)]);
  const order = (protocol: number) => protocol === ICMP || protocol === ICMP6 ? 1 : 0;
  flows.sort((a, b) => order(a.proto) - order(b.proto));
  return flows.map((flow) => [flow.proto, flow.pkt_fwd, flow.pkt_rev, flow.oct_rev])
    .concat(Object.entries(passedOver) as never);
}

Deno.test("an ICMP error counts to the flow that it quotes, against the quoted packet", () => {
  for (const type of [3, 4, 5, 11, 12]) {
    assertEquals(after(syn4, error4(syn4, type)), [[TCP, 1, 1, 20 + 8 + 40]]);
  }
  for (const type of [1, 2, 3, 4]) {
    assertEquals(after(syn6, error6(syn6, type)), [[TCP, 1, 1, 40 + 8 + 60]]);
  }
  // Quoting an answer: the error travels forward
  const answer = ip4(tcp({ source: 80, destination: 40000 }), { source: B4, destination: A4 });
  assertEquals(after(syn4, error4(answer, 3, B4)), [[TCP, 2, 0, 0]]);
  const answer6 = ip6(tcp({ source: 80, destination: 40000 }), { source: B6, destination: A6 });
  assertEquals(after(syn6, error6(answer6, 1, B6)), [[TCP, 2, 0, 0]]);
});

Deno.test("the direction is the quoted packet's also when the target itself complains", () => {
  const datagram = ip4(udp(new Uint8Array(3)), { protocol: UDP });
  assertEquals(after(datagram, error4(datagram, 3, A4, B4)), [[UDP, 1, 1, 20 + 8 + 31]]);
  // The other way round, so that the lower endpoint is the other one
  const reversed = ip4(udp(new Uint8Array(3)), { protocol: UDP, source: B4, destination: A4 });
  assertEquals(after(reversed, error4(reversed, 3, B4, A4)), [[UDP, 1, 1, 20 + 8 + 31]]);
});

Deno.test("an ICMP error is no packet of the quoted protocol: its marks and flags do not count", () => {
  const quoted = ip4(tcp({ flags: 4 }), { tos: 3 });
  const error = ethernet(
    ip4(icmpError(3, 1, quoted), { source: ROUTER4, destination: A4, protocol: ICMP, tos: 2 }),
  );
  const { flows: [flow] } = dissect([single(ethernet(syn4)), single(error)]);
  assertEquals(flow?.pkt_rev, 1);
  assertEquals([flow?.tcp_rst_fwd, flow?.tcp_rst_rev], [false, false]);
  assertEquals(Object.entries(flow!).filter(([k, v]) => k.startsWith("ecn_") && v), []);
});

Deno.test("a quotation may end after eight octets of the transport header", () => {
  for (const present of [4, 8, 12, 20]) {
    const size = 20 + present;
    assertEquals(after(syn4, error4(syn4.subarray(0, size))), [[TCP, 1, 1, 28 + size]]);
    const size6 = 40 + present;
    assertEquals(after(syn6, error6(syn6.subarray(0, size6))), [[TCP, 1, 1, 48 + size6]]);
  }
});

Deno.test("a quotation that ends before the ports names no flow", () => {
  for (const present of [0, 1, 19, 20, 23]) {
    assertEquals(
      after(syn4, error4(syn4.subarray(0, present))),
      [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]],
      `${present} octets`,
    );
  }
  // Cut by the capture
  const error = error4(syn4);
  for (const captured of [14 + 28, 14 + 28 + 19, 14 + 28 + 23]) {
    const cut = after(syn4, error.subarray(0, captured), error.length);
    assertEquals(cut, [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
  }
  assertEquals(after(syn4, error.subarray(0, 14 + 28 + 24), error.length), [[TCP, 1, 1, 68]]);
});

Deno.test("a quoted length larger than what is present does no harm", () => {
  const long = ip4(tcp({ flags: SYN, payload: new Uint8Array(1400) }));
  assertEquals(after(long, error4(long.subarray(0, 28))), [[TCP, 1, 1, 56]]);
  const lie = ip4(tcp({ flags: SYN }), { total: 65535 });
  assertEquals(after(syn4, error4(lie)), [[TCP, 1, 1, 68]]);
  const lie6 = ip6(tcp({ flags: SYN }), { length: 65535 });
  assertEquals(after(syn6, error6(lie6)), [[TCP, 1, 1, 108]]);
});

Deno.test("a quoted length that was cut or rewritten names the flow all the same", () => {
  for (const total of [0, 1, 19, 20, 21, 39, 0x2800, 65_535]) {
    assertEquals(after(syn4, error4(ip4(tcp({ flags: SYN }), { total }))), [[TCP, 1, 1, 68]]);
  }
  for (const length of [0, 1, 19, 0x1400, 65_535]) {
    assertEquals(after(syn6, error6(ip6(tcp({ flags: SYN }), { length }))), [[TCP, 1, 1, 108]]);
  }
  const options = ip4(tcp({ flags: SYN }), { options: [1, 1, 1, 1], total: 20 });
  assertEquals(after(syn4, error4(options)), [[TCP, 1, 1, 72]]);
});

Deno.test("behind a translator of addresses: the quoted source is whoever the error was sent to", () => {
  const OUTSIDE4 = [192, 0, 2, 99];
  const translated = ip4(tcp({ flags: SYN }), { source: OUTSIDE4 });
  assertEquals(after(syn4, error4(translated)), [[TCP, 1, 1, 68]]);
  const translated6 = ip6(tcp({ flags: SYN }), { source: A6.with(5, 77) });
  assertEquals(after(syn6, error6(translated6)), [[TCP, 1, 1, 108]]);
  // The lower endpoint is the other one
  const answer = ip4(tcp({ source: 80, destination: 40000, flags: SYN }), {
    source: B4,
    destination: A4,
  });
  const wrong = ip4(tcp({ source: 80, destination: 40000 }), {
    source: OUTSIDE4,
    destination: A4,
  });
  assertEquals(after(answer, error4(wrong, 3, B4)), [[TCP, 1, 1, 68]]);
});

Deno.test("behind a translator of addresses: the quoted destination is whoever sent the error", () => {
  const inside = ip4(tcp({ flags: SYN }), { destination: [10, 0, 0, 5] });
  assertEquals(after(syn4, error4(inside, 3, A4, B4)), [[TCP, 1, 1, 68]]);
  // A router on the way says nothing about the destination
  assertEquals(after(syn4, error4(inside)), [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
});

Deno.test("a quotation whose ports were translated, or that is of another protocol, names no flow", () => {
  const own = [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]];
  assertEquals(after(syn4, error4(ip4(tcp({ source: 1 }), { source: [192, 0, 2, 99] }))), own);
  assertEquals(after(syn4, error4(ip4(tcp({ destination: 1 })))), own);
  assertEquals(after(syn4, error4(ip4(tcp(), { protocol: UDP }))), own);
});

Deno.test("a first fragment of IPv6, and one behind other headers, is quoted with its ports", () => {
  const first = join(fragment6(TCP, 0, true, 7), tcp({ flags: SYN }));
  assertEquals(after(syn6, error6(ip6(first, { next: 44 })))[0], [TCP, 1, 1, 116]);
  const behind = join([44, 0], new Uint8Array(6), first);
  const cut = ip6(behind, { next: 60 }).subarray(0, 40 + 8 + 8 + 4);
  assertEquals(after(syn6, error6(cut))[0], [TCP, 1, 1, 48 + 60]);
  assertEquals(after(syn6, error6(cut.subarray(0, 59)))[0], [TCP, 1, 0, 0]);
});

Deno.test("padding of the frame is no part of a quotation", () => {
  const short = join(error4(syn4.subarray(0, 20)), tcp({ flags: SYN }));
  assertEquals(after(syn4, short), [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
});

Deno.test("a quotation of another version, or of none, names no flow", () => {
  const own = [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]];
  assertEquals(after(syn4, error4(syn4.with(0, 0x05))), own);
  assertEquals(after(syn4, error4(syn4.with(0, 0x55))), own);
  assertEquals(after(syn6, error4(syn6)), own);
  assertEquals(after(syn4, error6(syn4)), [[TCP, 1, 0, 0], [ICMP6, 1, 0, 0]]);
  assertEquals(after(syn4, error4(syn4.with(0, 0x44))), own, "a header length below 20");
  assertEquals(after(syn4, error4(ip4(tcp(), { fragment: 100 }))), own, "a later fragment");
});

Deno.test("a later fragment has no ports, not even 0", () => {
  const zero = ip4(tcp({ source: 0, destination: 0 }));
  const later = ip4(tcp({ source: 0, destination: 0 }), { fragment: 100 });
  assertEquals(after(zero, error4(later)), [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
});

Deno.test("an error about an unknown flow, or no error, is a flow of its own", () => {
  const other = ip4(tcp({ source: 41000 }));
  assertEquals(after(syn4, error4(other)), [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
  for (const type of [0, 8, 13]) {
    assertEquals(after(syn4, error4(syn4, type)), [[TCP, 1, 0, 0], [ICMP, 1, 0, 0]]);
  }
  for (const type of [0, 5, 128, 129, 135]) {
    assertEquals(after(syn6, error6(syn6, type)), [[TCP, 1, 0, 0], [ICMP6, 1, 0, 0]]);
  }
});

Deno.test("ICMP of the other version is just another protocol", () => {
  const wrong = ethernet(
    ip4(icmpError(1, 0, syn4), { protocol: ICMP6, destination: A4, source: B4 }),
  );
  assertEquals(after(syn4, wrong), [[TCP, 1, 0, 0], [ICMP6, 1, 0, 0]]);
});

Deno.test("an echo and its answer are one flow", () => {
  const echo = new Uint8Array(16).with(0, 8);
  const { flows } = dissect([
    single(ethernet(ip4(echo, { protocol: ICMP }))),
    single(ethernet(ip4(new Uint8Array(16), { protocol: ICMP, source: B4, destination: A4 }))),
  ]);
  assertEquals(flows.map((f) => [f.proto, f.sp, f.dp, f.pkt_fwd, f.pkt_rev]), [[
    1,
    null,
    null,
    1,
    1,
  ]]);
});

Deno.test("an ICMP header that ends early is malformed, or truncated when it was cut", () => {
  for (let length = 0; length < 8; length++) {
    const { passedOver } = dissect([
      single(ethernet(ip4(new Uint8Array(length), { protocol: ICMP }))),
    ]);
    assertEquals(passedOver, { malformed_icmp: 1 });
    const whole = ethernet(ip4(new Uint8Array(8), { protocol: ICMP }));
    const cut = dissect([single(whole.subarray(0, 34 + length), whole.length)]);
    assertEquals(cut.passedOver, { truncated: 1 });
  }
});

Deno.test("an ICMP error does not revive a flow that is over", () => {
  // Between two ticks of the wheel, so that the flow is still in the table
  const { flows } = dissect([there(0.2), { time: 30.25, data: error4(syn4) }]);
  assertEquals(flows.map((f) => [f.proto, f.pkt_fwd, f.pkt_rev]).sort(), [
    [ICMP, 1, 0],
    [TCP, 1, 0],
  ]);
  const late = dissect([there(0.2), { time: 30.2, data: error4(syn4) }, there(60)]);
  assertEquals(late.flows.map((f) => [f.proto, f.pkt_fwd, f.pkt_rev]), [[TCP, 2, 1]]);
});

Deno.test("a first fragment is quoted with its ports", () => {
  const first = ip4(udp(new Uint8Array(600)), { protocol: UDP, fragment: 0x2000 });
  assertEquals(after(first, error4(first.subarray(0, 28))), [[UDP, 1, 1, 56]]);
});

Deno.test("an error in a chain of extension headers quotes the same way", () => {
  const inner = ip6(join([TCP, 0], new Uint8Array(6), tcp({ flags: SYN })), { next: 60 });
  const frame = ethernet(
    ip6(join([ICMP6, 0], new Uint8Array(6), icmpError(3, 0, inner)), {
      next: 0,
      source: ROUTER6,
      destination: A6,
    }),
  );
  assertEquals(after(syn6, frame), [[TCP, 1, 1, frame.length - 14]]);
});

Deno.test("an error counts to a flow with packets both ways", () => {
  const { flows } = dissect([there(0, { flags: SYN }), back(1), { time: 2, data: error4(syn4) }]);
  assertEquals(flows.map((f) => [f.pkt_fwd, f.pkt_rev, f.pkt_last]), [[1, 2, 2]]);
});
