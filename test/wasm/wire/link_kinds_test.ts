import { assertEquals } from "@std/assert";
import { dissect, single } from "../../data/dissect.ts";
import { frame, ofIp, ppp, snap } from "../../data/headers.ts";
import { be16, ip4, join, tcp } from "../../data/packets.ts";

const four = ip4(tcp());
const zeros = (count: number) => new Uint8Array(count);

/** The headers around the packet of a frame, or the counters that went up. */
function seen(link: number, data: Uint8Array): string {
  const { flows: [flow], passedOver } = dissect([single(data)], { link });
  if (flow === undefined) return Object.keys(passedOver).join();
  assertEquals([flow.sp, flow.dp, flow.oct_fwd], [40000, 80, 40]);
  return flow.encap.join() || "bare";
}

Deno.test("IEEE 802.11: data frames that are whole, alone and not protected", () => {
  const header = (first: number, second: number, behind: number, sequence = 0) =>
    join([first, second], zeros(20), be16(sequence), zeros(behind), snap(ofIp(four)));
  assertEquals(seen(105, header(0x08, 1, 0)), "bare");
  assertEquals(seen(105, header(0x08, 3, 6)), "bare", "four addresses");
  assertEquals(seen(105, header(0x88, 2, 2)), "bare", "quality of service");
  assertEquals(seen(105, header(0x88, 0x83, 12)), "bare", "all of it");
  assertEquals(seen(105, header(0x08, 0x41, 0)), "not_ip", "protected");
  assertEquals(seen(105, header(0x48, 1, 0)), "not_ip", "no data");
  assertEquals(seen(105, header(0x80, 0, 0)), "not_ip", "a beacon");
  assertEquals(seen(105, header(0x08, 1, 0, 0x0100)), "not_ip", "a later fragment");
  const several = header(0x88, 2, 2);
  several[24] = 0x80;
  assertEquals(seen(105, several), "not_ip", "several frames in one");
});

Deno.test("radiotap: flags behind the time and more words, padding, wrong checksums", () => {
  const data = (padding: number) =>
    join([0x88, 1], zeros(22), zeros(2), zeros(padding), snap(ofIp(four)));
  const tap = (present: readonly number[], fields: readonly number[], padding = 0) => {
    const length = 4 + present.length + fields.length;
    return join([0, 0, length, 0], present, fields, data(padding));
  };
  assertEquals(seen(127, tap([0, 0, 0, 0], [])), "bare");
  assertEquals(seen(127, tap([2, 0, 0, 0], [0x20], 2)), "bare");
  assertEquals(seen(127, tap([3, 0, 0, 0], [...zeros(8), 0x20], 2)), "bare");
  const more = [3, 0, 0, 0x80, 0, 0, 0, 0];
  assertEquals(seen(127, tap(more, [...zeros(4), ...zeros(8), 0x20], 2)), "bare");
  assertEquals(seen(127, tap([2, 0, 0, 0], [0x40])), "malformed_link");
  assertEquals(seen(127, tap([2, 0, 0, 0], [])), "malformed_link", "no room for what it has");
  assertEquals(seen(127, tap([2, 0, 0, 0x80], [])), "malformed_link", "nor for another word");
});

Deno.test("tags of switches, with the VLAN in whose place one stands", () => {
  const typed = join(be16(0x0800), four);
  assertEquals(seen(281, join(zeros(12), [0, 0, 0, 3], typed)), "bare");
  assertEquals(seen(282, join([0, 0, 0, 3], frame(ofIp(four)))), "bare");
  assertEquals(seen(284, join(zeros(12), [0xc0, 8, 0, 7], typed)), "bare");
  assertEquals(seen(284, join(zeros(12), [0xe0, 8, 0x20, 7], typed)), "vlan:7");
  assertEquals(seen(285, join(zeros(12), [0xda, 0xda, 0, 0, 0xe0, 8, 0, 7], typed)), "vlan:7");
});

Deno.test("Frame Relay: circuits of 10, 16 and 23 bits, and what follows them", () => {
  assertEquals(seen(107, join([0x18, 0x41, 3, 0xcc], four)), "fr:100");
  assertEquals(seen(107, join([0x18, 0x41, 8, 0], four)), "fr:100", "Cisco's");
  assertEquals(seen(107, join([0x18, 0x41, 3, 0xcf], ppp(four))), "fr:100");
  assertEquals(seen(107, join([0xfc, 0xf0, 0xfd, 3, 0xcc], four)), "fr:65535");
  assertEquals(seen(107, join([0xfc, 0xf0, 0xfe, 0xfd, 3, 0xcc], four)), "fr:8388607");
  assertEquals(seen(107, join([0, 0, 0, 0, 1, 3, 0xcc], four)), "not_ip", "five octets");
  assertEquals(seen(107, join([0x19, 3, 0xcc], four)), "not_ip", "one");
});

Deno.test("IPNET, NFLOG in both byte orders, PKTAP, serial lines", () => {
  assertEquals(seen(226, join([1, 2], zeros(22), four)), "bare");
  assertEquals(seen(226, join([1, 3], zeros(22), four)), "not_ip");
  assertEquals(seen(239, join([2, 0, 0, 1, 8, 0, 1, 0, 0, 0, 0, 0, 44, 0, 9, 0], four)), "bare");
  assertEquals(seen(239, join([2, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0, 0, 0, 44, 0, 9], four)), "bare");
  assertEquals(seen(239, join([2, 0, 0, 1, 0, 0, 9, 0], four)), "malformed_link");
  assertEquals(seen(239, join([7, 0, 0, 1, 44, 0, 9, 0], four)), "not_ip");
  const tap = (type: number, record = 1) =>
    join([16, 0, 0, 0, record, 0, 0, 0, ...be16(type).reverse(), 0, 0], zeros(4), four);
  assertEquals(seen(258, tap(101)), "bare");
  assertEquals(seen(258, tap(101, 2)), "not_ip");
  assertEquals(seen(258, tap(258)), "not_ip", "tapped twice");
  assertEquals(seen(258, tap(189)), "not_ip");
  for (const link of [9, 50]) {
    assertEquals(seen(link, join([0x8f, 0, 8, 0], four)), "bare");
    assertEquals(seen(link, join([0x0f, 0, 8, 0], four)), "bare");
    assertEquals(seen(link, join([0x0d, 0, 8, 0], four)), "not_ip");
  }
  assertEquals(seen(50, ppp(four, { hdlc: true })), "bare");
  assertEquals(seen(9, ppp(four, { compressed: true })), "bare");
  assertEquals(seen(104, join([0x0f, 0, 0x80, 0x35], zeros(14))), "not_ip");
});
