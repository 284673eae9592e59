import { assertEquals } from "@std/assert";
import { readProbed } from "../../../../src/lab/experiment/run/probed.ts";

const lines = (...records: readonly object[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

const path = (result: readonly object[], more: object = {}) => ({
  type: "traceroute",
  dst_addr: "10.20.0.1",
  destination_ip_responded: false,
  result,
  ...more,
});

Deno.test("a trace has the hops of all its paths, each address its own", () => {
  const output = lines(
    path([
      { hop: 1, result: [{ from: "a", rtt: 0.3 }, { from: "a", rtt: 0.1 }, { x: "*" }] },
      { hop: 2, result: [{ x: "*" }] },
    ]),
    path([
      { hop: 1, result: [{ from: "b", rtt: 0.2 }] },
      { hop: 2, result: [{ x: "*" }] },
      { hop: 3, result: [{ from: "c", rtt: 1, err: "host-unreachable" }] },
    ]),
    path([{ hop: 1, result: [{ from: "d", rtt: null }] }], {
      dst_addr: "d",
      destination_ip_responded: true,
    }),
  );
  assertEquals(readProbed("trace", output), {
    traces: [
      {
        address: "10.20.0.1",
        reached: false,
        hops: [
          { hop: 1, responders: ["a", "b"], rtt: 0.1, unreachable: false },
          { hop: 2, responders: [], rtt: null, unreachable: false },
          { hop: 3, responders: ["c"], rtt: 1, unreachable: true },
        ],
      },
      {
        address: "d",
        reached: true,
        hops: [{ hop: 1, responders: ["d"], rtt: null, unreachable: false }],
      },
    ],
    localisations: [],
  });
});

Deno.test("a localisation has the sentences that follow from it", () => {
  const summary = ["dscp_46: dscp 46 becomes 0.", "The target did not answer."];
  const record = { dst_addr: "10.20.0.1", dst_port: 80, feature: "dscp:46", arms: [], summary };
  assertEquals(readProbed("locate", lines(record)), {
    traces: [],
    localisations: [{ feature: "dscp:46", address: "10.20.0.1", summary }],
  });
});

Deno.test("what is not JSON is no result", () => {
  assertEquals(readProbed("trace", "Usage: spider trace\n"), null);
  assertEquals(readProbed("locate", ""), { traces: [], localisations: [] });
});
