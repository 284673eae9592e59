import { assertEquals } from "@std/assert";
import flags from "../../plugins/chains/flags.ts";
import { checkChain } from "../../src/observe/js/check.ts";
import { back, there } from "../data/dissect.ts";
import { observe } from "../data/chain.ts";
import { ACK, CWR, ECE, FIN, SYN } from "../data/packets.ts";

Deno.test("flags: each flag is counted each way", () => {
  checkChain(flags, "flags");
  const { flows } = observe({}, [
    there(1, { flags: SYN | ECE | CWR }),
    back(2, { flags: SYN | ACK | ECE }),
    there(3, { flags: ACK }),
    there(4, { flags: ACK | 8 }),
    back(5, { flags: FIN | ACK }),
  ], { chains: ["basic", flags] });
  const counted = Object.entries(flows[0]!).filter(([name, count]) =>
    name.startsWith("flags_") && count !== 0
  );
  assertEquals<unknown>(Object.fromEntries(counted), {
    flags_syn_fwd: 1,
    flags_psh_fwd: 1,
    flags_ack_fwd: 2,
    flags_ece_fwd: 1,
    flags_cwr_fwd: 1,
    flags_fin_rev: 1,
    flags_syn_rev: 1,
    flags_ack_rev: 2,
    flags_ece_rev: 1,
  });
});
