import { assertEquals } from "@std/assert";
import type { Middlebox } from "../../../src/contract/middlebox.ts";
import { Step } from "../../../src/lab/box/step.ts";
import { LoadedPacket } from "../../../src/transit/packet.ts";
import { ip4, SYN, tcp } from "../../data/packets.ts";

/** What becomes of a SYN at a middlebox with a verdict, and what is reported of it. */
function met(verdict: "drop" | "reset" | "prohibit", answers: boolean) {
  const box: Middlebox = {
    kind: "middlebox",
    name: "mine",
    version: "1.0.0",
    api: "^1",
    summary: "a middlebox of a test",
    program: () => () => verdict,
  };
  const anywhere = { to: null, port: null, direction: null, probability: null };
  const faults: string[] = [];
  const step = new Step({ written: "mine", box, value: 0, ...anywhere }, {
    random: () => 0,
    now: () => 0,
    answers,
    fault: (sentence) => faults.push(sentence),
  });
  const packet = new LoadedPacket();
  packet.load(ip4(tcp({ flags: SYN })));
  return [step.meet(packet), ...faults];
}

Deno.test("a program answers packets where it can, and elsewhere it reports that it cannot", () => {
  assertEquals(met("drop", false), ["drop"]);
  assertEquals(met("reset", true), ["reset"]);
  assertEquals(met("prohibit", false), [
    "drop",
    "The middlebox mine drops what it fails at: it answers by prohibit, for which it needs rules of nftables here",
  ]);
});
