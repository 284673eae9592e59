import { assertEquals } from "@std/assert";
import { back, dissect, single, there } from "../../data/dissect.ts";
import { ACK, ethernet, type Frame, ip4, ip6, SYN, tcp, UDP, udp } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

/** The four booleans: SYN and data forward, SYN and data in reverse. */
function bits(...frames: Frame[]) {
  const { flows } = dissect(frames, { chains: ["evil"] });
  assertEquals(flows.length, 1);
  const flow = flows[0]!;
  return [
    flow.evilbit_syn_fwd,
    flow.evilbit_data_fwd,
    flow.evilbit_syn_rev,
    flow.evilbit_data_rev,
  ];
}

const payload = new Uint8Array(3);
const EVIL = { fragment: 0x8000 };
const DONT_FRAGMENT = { fragment: 0x4000 };
const first = there(0);

Deno.test("evil: starting values, also after a TCP segment that is neither SYN nor data", () => {
  const { flows } = dissect([there(0, {}, EVIL)], { chains: ["evil"] });
  assertEquals<unknown>(flows, [startingOf("evilbit_")]);
});

Deno.test("evil: each place has its own bit, which is not Don't Fragment", () => {
  for (
    const [ip, evil] of [[EVIL, true], [DONT_FRAGMENT, false], [
      { fragment: 0xc000 },
      true,
    ]] as const
  ) {
    assertEquals(bits(first, there(1, { flags: SYN }, ip)), [evil, null, null, null]);
    assertEquals(bits(first, there(1, { payload }, ip)), [null, evil, null, null]);
    assertEquals(bits(first, back(1, { flags: SYN | ACK }, ip)), [null, null, evil, null]);
    assertEquals(bits(first, back(1, { payload }, ip)), [null, null, null, evil]);
  }
  const datagram = ethernet(ip4(udp(payload), { protocol: UDP, ...EVIL }));
  assertEquals(bits(single(datagram)), [null, true, null, null]);
});

Deno.test("evil: the first packet of a kind tells", () => {
  assertEquals(
    bits(
      there(0, { flags: SYN }, EVIL),
      there(1, { flags: SYN }),
      there(2, { payload }),
      there(3, { payload }, EVIL),
      back(4, { flags: SYN | ACK }),
      back(5, { flags: SYN | ACK }, EVIL),
    ),
    [true, false, false, null],
  );
});

Deno.test("evil: IPv6 has no such bit", () => {
  // The same octet is the lower half of its payload length
  const data = ethernet(ip6(tcp({ flags: SYN, payload: new Uint8Array(0x8000) })));
  assertEquals(bits({ time: 0, data }), [null, null, null, null]);
});
