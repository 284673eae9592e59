// deno-lint-ignore-file no-unused-vars -- as a page of the manual has it
import { MtrPacket } from "../../src/mod.ts";

await using mtr = await MtrPacket.open();
const { success, result, timeMs, responder, mpls } = await mtr.probe("example.org", {
  protocol: "udp",
  ttl: 3,
  tos: 46 << 2,
});
