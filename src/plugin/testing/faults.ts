import { Failure } from "../../host/failure.ts";
import type { Fault } from "../fault.ts";
import { schemaFaults } from "../form.ts";
import { kindOf, loadKind } from "../kind/registry.ts";
import type { Loaded } from "../read.ts";
import { readPackets } from "./packet_text.ts";

/** What is wrong with the tests of a plugin; nothing when it has none. */
export async function testFaults(plugin: Loaded["plugin"], tests: unknown): Promise<Fault[]> {
  const name = kindOf(plugin);
  if (tests === undefined || name === null) return [];
  const faults = schemaFaults(await (await loadKind(name)).tests(), tests, "tests")
    .map(({ place, text }) => ({ place: place === "" ? "tests" : `tests.${place}`, text }));
  if (faults.length > 0) return faults;
  const arms = Array.isArray(plugin.arms) ? plugin.arms.map(({ name }) => name) : null;
  return (tests as readonly { arms?: object; packets?: string }[]).flatMap((test, at) => [
    ...textFaults(test.packets, `tests.${at}.packets`),
    ...Object.entries(test.arms ?? {}).flatMap(([arm, { packets }]) => [
      ...(arms === null || arms.includes(arm)
        ? []
        : [{ place: `tests.${at}.arms.${arm}`, text: `is no arm; there are ${arms.join(", ")}` }]),
      ...textFaults(packets, `tests.${at}.arms.${arm}.packets`),
    ]),
  ]);
}

function textFaults(packets: string | undefined, place: string): Fault[] {
  if (packets === undefined) return [];
  try {
    readPackets(packets, "the packets");
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ place, text: `cannot be read: ${error.message}` }];
  }
}
