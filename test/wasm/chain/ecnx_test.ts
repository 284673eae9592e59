import { assertEquals } from "@std/assert";
import { back, dissect, there } from "../../data/dissect.ts";
import { ACK, CWR, ECE, ethernet, ip4, SYN, UDP, udp } from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["ecnx"] };

Deno.test("ecnx: starting values", () => {
  assertEquals<unknown>(dissect([there(0), back(1)], CHAINS).flows, [startingOf("ecnx_")]);
});

Deno.test("ecnx: packets by codepoint each way, and when the first was marked", () => {
  const { flows: [flow] } = dissect([
    there(10, {}, { tos: 2 }),
    there(11, {}, { tos: 0xb9 }),
    there(12.5, {}, { tos: 3 }),
    there(13, {}, { tos: 3 }),
    back(14, {}, { tos: 2 }),
    back(15.25, {}, { tos: 3 }),
  ], CHAINS);
  assertEquals<unknown>(flow, {
    ...startingOf("ecnx_"),
    ecnx_ect0_fwd: 1,
    ecnx_ect1_fwd: 1,
    ecnx_ce_fwd: 2,
    ecnx_ce_time_fwd: 12.5,
    ecnx_ect0_rev: 1,
    ecnx_ce_rev: 1,
    ecnx_ce_time_rev: 15.25,
  });
});

Deno.test("ecnx: echoes and answers to them, but not those of the handshake, which negotiate", () => {
  const { flows: [flow] } = dissect([
    there(0, { flags: SYN | ECE | CWR }),
    back(1, { flags: SYN | ACK | ECE }),
    there(2, { flags: ACK | CWR }),
    back(3, { flags: ACK | ECE }),
    back(4, { flags: ACK | ECE }),
  ], CHAINS);
  assertEquals(
    [flow!.ecnx_ece_fwd, flow!.ecnx_cwr_fwd, flow!.ecnx_ece_rev, flow!.ecnx_cwr_rev],
    [0, 1, 2, 0],
  );
});

Deno.test("ecnx: marks of datagrams count too", () => {
  const data = ethernet(ip4(udp(new Uint8Array(4)), { protocol: UDP, tos: 1 }));
  assertEquals(dissect([{ time: 0, data }, { time: 1, data }], CHAINS).flows[0]!.ecnx_ect1_fwd, 2);
});
