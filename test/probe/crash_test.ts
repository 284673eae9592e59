import { assertEquals, assertInstanceOf } from "@std/assert";
import { TargetLab } from "../lab/target_lab.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import { MtrPacket } from "../../src/probe/mtr_packet.ts";
import { ProcessError } from "../../src/probe/errors.ts";
import { rootTest } from "../lab/root.ts";

/** Stands in for an mtr-packet that dies by SIGSEGV of a probe to an address that begins with `deadly`. */
function segfaulting(deadly: string): readonly string[] {
  const script = `while read -r token command family address rest; do
  case "$command $address" in
    "send-probe ${deadly}"*) kill -SEGV $$ ;;
    send-probe*) echo "$token reply $family $address round-trip-time 1" ;;
    *) echo "$token feature-support support ok" ;;
  esac
done`;
  return ["sh", "-c", script];
}

Deno.test("the hosts that mtr-packet crashes on are found, and all others are answered", async () => {
  await using mtr = await MtrPacket.open({ executable: segfaulting("192.0.2.") });
  const results = await Promise.all(
    Array.from(
      { length: 600 },
      (_, at) => mtr.probe(at % 60 === 17 ? `192.0.2.${at % 3}` : `198.51.100.${at % 250}`),
    ),
  );
  results.forEach(({ success, result, reason }, at) => {
    const expected = at % 60 === 17
      ? [false, "unexpected-error", "SIGSEGV"]
      : [true, "reply", null];
    assertEquals([success, result, reason], expected, `probe ${at}`);
  });
});

Deno.test("one that crashes on everything is not restarted for ever", async () => {
  await using mtr = await MtrPacket.open({ executable: segfaulting("") });
  const ends = await Promise.all(
    Array.from(
      { length: 200 },
      (_, at) => mtr.probe(`192.0.2.${at}`).catch((error: unknown) => error),
    ),
  );
  const errors = ends.filter((end) => end instanceof Error);
  errors.forEach((error) => assertInstanceOf(error, ProcessError));
  assertEquals(errors.length > 100, true);
});

rootTest("routes that call an address unreachable cost no other its answer", async () => {
  await using lab = await TargetLab.open();
  runWithin(lab.client, ["ip", "route", "add", "unreachable", "192.0.2.0/24"]);
  const live = lab.addresses("transparent", 4, 200);
  await using mtr = await MtrPacket.open({ executable: lab.exec(["mtr-packet"]) });
  const [first, others, last] = await Promise.all([
    mtr.probe("192.0.2.1", { timeout: 2 }),
    Promise.all(live.map((address) => mtr.probe(address, { timeout: 2 }))),
    mtr.probe("192.0.2.2", { timeout: 2 }),
  ]);
  for (const { success, result, responder } of [first, last]) {
    assertEquals([success, responder, result === "reply"], [false, null, false]);
  }
  assertEquals(others.filter(({ success }) => !success), []);
});
