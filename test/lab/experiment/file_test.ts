import { assertEquals } from "@std/assert";
import { parse } from "yaml";
import { z } from "zod";
import { bundledExperiment, experimentNames } from "../../../src/lab/experiment/bundled.ts";
import { newExperiment } from "../../../src/lab/experiment/file/new_experiment.ts";
import { experimentSchema } from "../../../src/lab/experiment/file/schema.ts";

/** What a JSON Schema finds wrong with a file. */
function faults(text: string): string[] {
  const schema = z.fromJSONSchema(experimentSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const read = schema.safeParse(parse(text));
  return read.success ? [] : read.error.issues.map(({ message, path }) => `${path}: ${message}`);
}

Deno.test("the JSON Schema takes what the program takes", async () => {
  for (const name of experimentNames()) {
    assertEquals(faults((await bundledExperiment(name))!), [], name);
  }
  assertEquals(faults(newExperiment("study")), []);
  assertEquals(
    faults(`name: x
tests:
  - name: t
    network_environment:
      topology:
        hosts: { client: , server: { serves: [10.20.0.0/16] } }
        routers: { edge: }
        links: [[client, edge], [edge, server]]
    services: { web: { implementation: nginx } }
    steps: [start, { wait-ready: }, { sleep: 1s }, { exec: { command: date } }, stop]
`),
    [],
  );
});

Deno.test("the JSON Schema refuses keys that there are not", () => {
  const text = newExperiment("study").replace("matrix:", "matrx:");
  assertEquals(faults(text).length > 0, true);
});
