import { assertEquals, assertRejects } from "@std/assert";
import { run } from "../../../src/host/run.ts";
import { planExperiment } from "../../../src/lab/experiment/plan/plan_experiment.ts";
import { EventBus } from "../../../src/lab/experiment/run/events.ts";
import { runExperiment } from "../../../src/lab/experiment/run/run_experiment.ts";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../root.ts";

rootTest("where the program itself is at fault, all networks are taken down first", async () => {
  using folder = new Folder();
  using _state = new StateDirectory();
  const text = `name: fault
parallel: 2
tests:
  - name: t
    network_environment:
      topology: { hosts: { client: , server: }, links: [[client, server]] }
    services:
      web: { implementation: lighttpd, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    steps: [start, wait-ready, { exec: { command: "sleep 60" } }]
    iterations: 2
`;
  const plan = await planExperiment(text, "fault.yaml");
  const bus = new EventBus();
  let ready = 0;
  bus.listen(({ type }) => {
    // When both are up
    if (type === "service.ready" && ++ready === 2) throw new TypeError("a fault");
  });
  const { signal } = new AbortController();
  const outcome = runExperiment(
    { plan, text, results: folder.path, suffix: "", own: [], bus, told: () => {} },
    signal,
  );
  await assertRejects(() => outcome, TypeError, "a fault");
  const names = plan.groups.flatMap(({ lab }) => lab!.nodes.map(({ namespace }) => namespace));
  const left = run("ip", ["netns", "list"]).split("\n").map((line) => line.split(" ")[0]!);
  assertEquals([names.length, names.filter((name) => left.includes(name))], [4, []]);
});
