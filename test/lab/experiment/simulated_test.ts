import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { assertCompleted, run } from "./experiments.ts";
import { inProcess } from "../../in_process.ts";

const REAL = ["nat", "syn-proxy", "mpls", "silent-router"];
/** Bundled experiments, with beginnings of tests that take the kernel. */
const SPIDERS: Readonly<Record<string, readonly string[]>> = {
  dscp: ["https"],
  ecn: ["https", ...REAL.flatMap((box) => ["http", "dnstcp"].map((test) => behind(test, box)))],
  evilbit: [],
  mss: ["https", ...["tcp", "http"].map((test) => behind(test, "syn-proxy"))],
  tcpopt: ["https", "tcp-isolated", "http-isolated", "dnstcp-isolated"],
  tfo: [],
  udpzero: [],
};

function behind(test: string, middlebox: string): string {
  return `${test}[middlebox=${middlebox}`;
}

for (const [name, real] of Object.entries(SPIDERS)) {
  Deno.test(`simulated, the experiment ${name} has the verdicts of the kernel`, async () => {
    using folder = new Folder();
    const skipped = real.flatMap((test) => ["--skip", test]);
    assertCompleted(await run(folder, name, ["--environment", "simulated", ...skipped], inProcess));
  });
}

Deno.test("what takes a kernel is refused before anything is done, each with its sentence", async () => {
  const told = ["experiment", "check", "--environment", "simulated"];
  const { code, err } = await inProcess([...told, "ecn"]);
  assertEquals(code, 1);
  assertMatch(err, /ecn\.yaml:\d+:\d+: the middlebox nat takes the kernel's rules: take .* netns/);
  assertMatch((await inProcess([...told, "http3"])).err, /ngtcp2-client is a program.*take netns/);
});

Deno.test("delay and loss of links are simulated, the same each time", async () => {
  using folder = new Folder();
  const text = `name: x
seed: 7
tests:
  - name: t
    network_environment:
      type: simulated
      topology:
        hosts: { client: , server: { serves: [10.20.0.0/16] } }
        routers: { a: , b: }
        links:
          - [client, a]
          - { between: [a, b], delay: 20ms, loss: 2% }
          - [b, server]
    targets: 200
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [ecn-drop-syn] }
    expect: [{ must: [ecn.connectivity.broken], tolerance: 1% }]
`;
  const one = await run(folder, text, [], inProcess);
  const other = await run(folder, text, [], inProcess);
  assertCompleted(one);
  assertEquals(one.report.tests[0]!.targets, 200);
  const written = ({ results }: typeof one) =>
    Deno.readTextFileSync(`${results}/001-t/results.ndjson`);
  assertEquals(written(one), written(other));
});
