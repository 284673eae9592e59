import type { Chain } from "../../contract/chain.ts";
import type { ChainTest } from "../../contract/plugin_test.ts";
import { FlowTable } from "../../observe/flow_table.ts";
import { type FlowEndpoints, INPUT, type Player, playerOf } from "./packets.ts";
import { differences, type TestReport, typeFaults } from "./report.ts";
import { clientOf } from "./stage.ts";

/** Octets kept of a packet: all. */
const WHOLE = 262_144;
const SERVER = { address: "192.0.2.1", port: 80 };

/** Plays a test of a chain: its packets through the dissector and the flow table. */
export function playChainTest(chain: Chain, test: ChainTest, folder: string | null): TestReport {
  const player = playerOf(test, folder, "the packets", WHOLE);
  const flows = flowsOf(
    ["basic", "tcp", chain],
    player,
    (at) => ({ client: clientOf(SERVER.address, at), server: SERVER, forged: null }),
  );
  const faults = flows.flatMap((flow, at) => [
    ...typeFaults([chain], flow, `flow ${at + 1}`),
    ...differences(test.flows[at], flow, `flow ${at + 1}`),
  ]);
  if (flows.length !== test.flows.length) {
    faults.push(
      `${flows.length} flows resulted from the packets, and ${test.flows.length} were expected`,
    );
  }
  return { name: test.name, faults, conditions: null, flows };
}

/** The records of all flows, in the order of their first packets. */
export function flowsOf(
  chains: readonly (string | Chain)[],
  player: Player,
  ends: (flow: number) => FlowEndpoints,
): Record<string, unknown>[] {
  const table = new FlowTable({ chains, idle: 30, linger: 5, decapsulate: true, input: INPUT });
  player.play(table, ends);
  table.flush();
  let text = "";
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) {
    text += new TextDecoder().decode(lines);
  }
  const flows = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  return flows.sort((a, b) => a.pkt_first - b.pkt_first);
}
