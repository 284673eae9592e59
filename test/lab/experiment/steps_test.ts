import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { spider } from "../../spider.ts";
import { rootTest } from "../root.ts";
import { assertCompleted, run } from "./experiments.ts";

const SERVICES = `    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
`;

rootTest("locate finds the router that meddles, on a way of several", async () => {
  using folder = new Folder();
  const ended = await run(
    folder,
    `name: x
tests:
  - name: t
    network_environment:
      topology:
        hosts: { client: , server: { serves: [10.20.0.0/24] } }
        routers: { one: , two: { middleboxes: [ecn-clear-syn] }, three: }
        links: [[client, one], [one, two], [two, three], [three, server]]
${SERVICES}    steps: [start, wait-ready, { locate: { feature: ecn, to: web } }, measure, stop]
    expect: [{ must: [ecn.negotiation.failed] }]
`,
  );
  assertCompleted(ended);
  const [file] = [...Deno.readDirSync(`${ended.results}/001-t/steps`)];
  const located = JSON.parse(
    Deno.readTextFileSync(`${ended.results}/001-t/steps/${file!.name}`).trim().split("\n").at(-1)!,
  );
  // What the second router does the third is the first to see
  assertEquals(
    located.arms.flatMap(({ arm, changes }: { arm: string; changes: { between: unknown }[] }) =>
      changes.map(({ between }) => [arm, between])
    ),
    [["ecn", [2, 3]]],
  );
  const [found] = ended.report.tests[0]!.localisations;
  assertEquals([found!.feature, found!.address], ["ecn", "10.20.0.1"]);
  assertMatch(
    found!.summary[0]!,
    /^ecn: flags .* becomes .* between hop 2 \(100\..*\) and hop 3 \(100\..*\), by /,
  );
});

rootTest("a service that no tester tests is located too, at its own port", async () => {
  using folder = new Folder();
  const ended = await run(
    folder,
    `name: x
tests:
  - name: t
${SERVICES}      other:
        { implementation: lighttpd, ports: 8080, protocol: { name: http, version: "1.1" } }
    steps: [start, wait-ready, { locate: { feature: ecn, to: other, options: [-m, "4"] } }, stop]
`,
  );
  assertCompleted(ended);
  const folderOfSteps = `${ended.results}/001-t/steps`;
  const [file] = [...Deno.readDirSync(folderOfSteps)];
  const { dst_addr, dst_port, length } = JSON.parse(
    Deno.readTextFileSync(`${folderOfSteps}/${file!.name}`).trim().split("\n").at(-1)!,
  );
  assertEquals([dst_addr, dst_port, length], ["10.20.0.1", 8080, 2]);
});

rootTest("a share of results may differ, and no more", async () => {
  using folder = new Folder();
  const test = (name: string, tolerance: string) =>
    `  - name: ${name}
    network_environment:
      topology:
        hosts: { client: , server: { serves: [10.20.0.0/24] } }
        routers: { edge: { middleboxes: [{ middlebox: ecn-clear-syn, to: 10.20.0.3/32 }] } }
        links: [[client, edge], [edge, server]]
    targets: 10
${SERVICES}    expect: [{ must: [ecn.negotiation.succeeded], tolerance: ${tolerance} }]
`;
  const { report, code } = await run(
    folder,
    `name: x\ntests:\n${test("loose", "10%")}${test("tight", "9%")}`,
  );
  assertEquals(code, 1);
  assertEquals(
    report.tests.map(({ id, state, expectations: [one] }) => [id, state, one!.missed, one!.of]),
    [["loose", "completed", 1, 10], ["tight", "failed", 1, 10]],
  );
});

rootTest("after a step that failed the others run only where the test says so", async () => {
  using folder = new Folder();
  const test = (name: string, more: string) =>
    `  - name: ${name}
${SERVICES}    steps:
      - { exec: { host: client, command: "echo here; exit 3" } }
      - { exec: { host: client, command: "echo and here" } }
${more}`;
  const { report, results } = await run(
    folder,
    `name: x
tests:
${test("ends", "")}${test("goes-on", "    continue_on_failure: true\n")}`,
  );
  assertEquals(report.tests.map(({ state }) => state === "completed"), [false, false]);
  const logs = ["001-ends", "002-goes-on"].map((name) =>
    Deno.readTextFileSync(`${results}/${name}/commands.log`)
  );
  assertEquals(logs.map((log) => log.includes("and here")), [false, true]);
});

rootTest(
  "each iteration is a test of its own, and logs are found by service and words",
  async () => {
    using folder = new Folder();
    const ended = await run(
      folder,
      `name: x
tests:
  - name: t
${SERVICES}    iterations: { count: 2 }
    expect: [{ must: [ecn.connectivity.works] }]
`,
    );
    assertCompleted(ended);
    assertEquals(ended.report.tests.map(({ id }) => id), ["t[iteration=1]", "t[iteration=2]"]);
    const logs = async (...words: string[]) => {
      const { code, out, err } = await spider([
        ...["experiment", "logs", "--json", ended.results],
        ...words,
      ]);
      assertEquals(code, 0, err);
      return out.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    };
    const ready = await logs("--service", "web", "--grep", "ready");
    assert(ready.length >= 2, JSON.stringify(ready));
    assert(ready.every(({ service, text }) => service === "web" && /ready/.test(text)));
    assertEquals(await logs("--service", "ecn", "--level", "error"), []);
    assertEquals(await logs("--level", "warning"), []);
    const nobody = await spider(["experiment", "logs", ended.results, "--service", "wbe"]);
    assertEquals(nobody.code, 1);
    assertMatch(nobody.err, /unknown service or tester wbe; did you mean web\?/);
    assert((await logs()).length > ready.length);
  },
);

rootTest("what memcheck and helgrind find in a server is in the report", async () => {
  using folder = new Folder();
  const test = (environment: string) =>
    `  - name: ${environment}
    execution_environment: ${environment}
    services:
      web: { implementation: lighttpd, protocol: { name: http, version: "1.1" }, timeout: 60s }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
    expect: [{ must: [curl.request.succeeded] }]
`;
  const ended = await run(folder, `name: x\ntests:\n${test("memcheck")}${test("helgrind")}`);
  assertCompleted(ended);
  const [memcheck, helgrind] = ended.report.tests.map(({ wrapped }) => Object.values(wrapped));
  assertEquals([memcheck!.length, helgrind!.length], [1, 1]);
  assert(Number(memcheck![0]!.processes) >= 1, JSON.stringify(memcheck));
  assertEquals(memcheck![0]!.octets_definitely_lost, 0);
  assertEquals(helgrind![0]!.errors, 0);
});

rootTest("who is not root has localhost and simulated, and is told so of the others", async () => {
  using folder = new Folder();
  const text = `name: x
tests:
  - name: here
    network_environment: localhost
    services:
      web: { implementation: lighttpd, ports: 8098, protocol: { name: http, version: "1.1" } }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
    expect: [{ must: [curl.request.succeeded] }]
  - name: computed
    network_environment: simulated
    services:
      web: { implementation: nginx }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, ecn-drop-syn] }
    expect:
      - { when: { middlebox: transparent }, must: [ecn.negotiation.succeeded] }
      - { when: { middlebox: ecn-drop-syn }, must: [ecn.connectivity.broken] }
`;
  const as = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];
  const within = (line: readonly string[]) => [...as, ...line];
  const ended = await run(folder, text, [], (args) => spider(args, { within }));
  assertCompleted(ended);
  const logged = await spider(["experiment", "logs", "--service", "curl", ended.results]);
  assertMatch(logged.out, /^001-here curl info: \$ curl .*--show-error/m);
  const line = ["experiment", "run", "-o", folder.at("refused"), "mss"];
  const { code, out } = await spider(line, { within });
  assertEquals(code, 1);
  assertMatch(
    out,
    /^error: tcp\[middlebox=transparent,ip=4\], and \d+ more alike\n {2}netns makes network namespaces: run spider as root, or take .* simulated/m,
  );
});
