import { assertEquals, assertNotEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, type Frame, SYN, type Tcp } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

function tfo(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["tfo"] });
  assertEquals(flows.length, 1);
  const flow = flows[0]!;
  return {
    kinds: [flow.tfo_synkind, flow.tfo_ackkind],
    cookies: [flow.tfo_synclen, flow.tfo_ackclen],
    data: [flow.tfo_seq, flow.tfo_dlen, flow.tfo_ack],
  };
}

const cookie = [1, 2, 3, 4, 5, 6, 7, 8];
const REQUEST = [34, 2];
const WITH_COOKIE = [34, 10, ...cookie];
const EXPERIMENT = [254, 12, 0xf9, 0x89, ...cookie];
const syn = (options: readonly number[], segment: Tcp = {}) =>
  there(0, { flags: SYN, sequence: 0xfffffff0, options, ...segment });
const synAck = (options: readonly number[], segment: Tcp = {}) =>
  back(1, { flags: SYN | ACK, acknowledgment: 0xfffffff1, options, ...segment });

Deno.test("tfo: starting values; a SYN without the option says nothing, nor does its answer", () => {
  const { flows } = dissect([syn([]), synAck(WITH_COOKIE)], { chains: ["tfo"] });
  assertEquals<unknown>(flows, [startingOf("tfo_")]);
});

Deno.test("tfo: a cookie is asked for and comes", () => {
  assertEquals(tfo(syn(REQUEST), synAck(WITH_COOKIE)), {
    kinds: [34, 34],
    cookies: [0, 8],
    data: [0xfffffff0, 0, 0xfffffff1],
  });
});

Deno.test("tfo: data with the cookie is taken, or only the SYN is", () => {
  const payload = new Uint8Array(100);
  const data = syn(WITH_COOKIE, { payload });
  assertEquals(tfo(data, synAck([], { acknowledgment: 85 })), {
    kinds: [34, 0],
    cookies: [8, 0],
    data: [0xfffffff0, 100, 85],
  });
  assertEquals(tfo(data, synAck([])).data, [0xfffffff0, 100, 0xfffffff1]);
  assertEquals(tfo(data).data, [0xfffffff0, 100, 0]);
});

Deno.test("tfo: the experimental kinds with their identifier, and with no other", () => {
  for (const kind of [254, 255]) {
    assertEquals(tfo(syn(EXPERIMENT.with(0, kind)), synAck(EXPERIMENT.with(0, kind))), {
      kinds: [kind, kind],
      cookies: [8, 8],
      data: [0xfffffff0, 0, 0xfffffff1],
    });
    assertEquals(tfo(syn([kind, 4, 0xf9, 0x89])).cookies, [0, 0]);
    assertEquals(tfo(syn([kind, 4, 0xf9, 0x88])).kinds, [0, 0]);
    assertEquals(tfo(syn([kind, 3, 0xf9, 0x89])).kinds, [0, 0]);
    assertEquals(tfo(syn([kind, 2])).kinds, [0, 0]);
  }
});

Deno.test("tfo: cookies are told apart, by their octets alone", () => {
  const hashes = (...frames: Frame[]) => {
    const [flow] = dissect(frames, { chains: ["tfo"] }).flows;
    return [flow?.tfo_synhash, flow?.tfo_ackhash];
  };
  // FNV-1a of the octets 1 to 8
  const known = 0x2804678d;
  assertEquals(hashes(syn(REQUEST), synAck(WITH_COOKIE)), [0, known]);
  assertEquals(hashes(syn(WITH_COOKIE), synAck(EXPERIMENT)), [known, known]);
  const [other] = hashes(syn(WITH_COOKIE.with(9, 9)));
  assertNotEquals(other, known);
  assertNotEquals(other, 0);
});

Deno.test("tfo: kind 34 counts before an experiment", () => {
  assertEquals(tfo(syn([...EXPERIMENT, ...REQUEST])).kinds, [34, 0]);
  assertEquals(tfo(syn([...REQUEST, ...EXPERIMENT])).kinds, [34, 0]);
  assertEquals(tfo(syn([...REQUEST, ...WITH_COOKIE])).cookies, [0, 0], "the first of its kind");
});

Deno.test("tfo: the first SYN that has the option tells, and the first answer", () => {
  const again = syn(WITH_COOKIE, { sequence: 5 });
  assertEquals(tfo(syn(REQUEST), again).cookies, [0, 0]);
  assertEquals(tfo(syn([]), again).data, [5, 0, 0]);
  const answers = [synAck([], { acknowledgment: 7 }), synAck(WITH_COOKIE)] as const;
  assertEquals(tfo(syn(REQUEST), ...answers), {
    kinds: [34, 34],
    cookies: [0, 8],
    data: [0xfffffff0, 0, 7],
  });
});

Deno.test("tfo: Ethernet padding is no data on the SYN", () => {
  const { time, data } = syn(REQUEST);
  const padded = { time, data: new Uint8Array(80) };
  padded.data.set(data);
  assertEquals(tfo(padded).data, [0xfffffff0, 0, 0]);
});

Deno.test("tfo: an option that the capture cut is none", () => {
  const { time, data } = syn(WITH_COOKIE);
  assertEquals(tfo({ time, data: data.subarray(0, 60), wire: data.length }).kinds, [0, 0]);
});
