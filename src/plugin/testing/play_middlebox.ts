import type { Middlebox, RulePlace } from "../../contract/middlebox.ts";
import type { MiddleboxTest } from "../../contract/plugin_test.ts";
import { Failure } from "../../host/failure.ts";
import { chains as builtIn } from "../../observe/chains.ts";
import { readVerdict } from "../../transit/verdict.ts";
import { LoadedPacket } from "../../transit/packet.ts";
import { BEGIN, playerOf, type Through } from "./packets.ts";
import { flowsOf } from "./play_chain.ts";
import { differences, type TestReport } from "./report.ts";
import { clientOf } from "./stage.ts";

/** Octets kept of a packet: all. */
const WHOLE = 262_144;
const SERVER = { address: "192.0.2.1", port: 80 };

/** How the rules of a test refer to packets. */
const TO = "TO";
const FROM = "FROM";
const ABOUT = "ABOUT";

/** Plays a test of a middlebox: packets through its program, or compares its rules. */
export function playMiddleboxTest(box: Middlebox, test: MiddleboxTest): TestReport {
  const value = test.value ?? box.value?.default ?? 0;
  if (box.program === undefined || test.rules !== undefined) {
    return comparedRules(box, test, value);
  }
  const packet = new LoadedPacket();
  const kept = new Map<string, unknown>();
  let now = BEGIN;
  const program = box.program(value, {
    random: () => test.random ?? 0.5,
    now: () => now,
    memory: <T>() => kept as Map<string, T>,
  });
  let dropped = 0;
  const through: Through = (octets, forward, time) => {
    now = time;
    if (!packet.load(octets)) return octets;
    packet.direction = forward ? "forward" : "reverse";
    if (typeof readVerdict(program(packet)) !== "string") return packet.finish()?.slice() ?? octets;
    dropped++;
    return null;
  };
  const player = playerOf({ packets: test.packets ?? "" }, null, "the packets", WHOLE);
  const flows = flowsOf(
    builtIn().map(({ name }) => name),
    { ...player, play: (table, ends) => player.play(table, ends, through) },
    (at) => ({ client: clientOf(SERVER.address, at), server: SERVER, forged: null }),
  );
  const expected = test.flows ?? [];
  const faults = expected.flatMap((one, at) => differences(one, flows[at] ?? {}, `flow ${at + 1}`));
  if (flows.length < expected.length) {
    faults.push(`${flows.length} flows came out, and ${expected.length} were expected`);
  }
  if (dropped !== (test.dropped ?? 0)) {
    faults.push(`${dropped} packets were dropped, and ${test.dropped ?? 0} were expected`);
  }
  return { name: test.name, faults, conditions: null, flows };
}

function comparedRules(
  box: Middlebox,
  { name, ip = "ip", rules }: MiddleboxTest,
  value: number | string,
): TestReport {
  if (rules === undefined) {
    throw new Failure("a test of a middlebox that is rules says what they are: give it rules");
  }
  const place: RulePlace = { ip, forward: TO, reverse: FROM, both: [TO, FROM], errors: [ABOUT] };
  const found = box.rules?.(place, value) ?? box.chains?.([place], value) ?? [];
  const shown = (list: readonly string[]) => list.map((rule) => JSON.stringify(rule)).join(", ");
  const faults = shown(found) === shown(rules)
    ? []
    : [`its rules are ${shown(found)}, and ${shown(rules)} was expected`];
  return { name, faults, conditions: null, flows: [] };
}
