import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTime } from "../../../src/host/process.ts";
import { run as runProgram } from "../../../src/host/run.ts";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { spider } from "../../spider.ts";
import { labNameHere } from "../live.ts";
import { rootTest } from "../root.ts";
import { LISTENS, shellService } from "../service/shell_service.ts";
import { assertCompleted, run } from "./experiments.ts";

const ECN = `name: x
tests:
  - name: t
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
`;

rootTest(
  "a new experiment is right, runs as it is, and leaves a whole folder of results",
  async () => {
    using folder = new Folder();
    const file = folder.at("study.yaml");
    assertEquals((await spider(["experiment", "new", file])).code, 0);
    assertMatch((await spider(["experiment", "new", file])).err, /is there already/);
    const checked = await spider(["experiment", "check", file]);
    assertStringIncludes(checked.out, "is right: 6 tests in 1 network\n");
    const ended = await run(folder, file);
    assertCompleted(ended);
    assertEquals(ended.code, 0);
    const { results, report } = ended;
    assertEquals(report.tests.length, 6);
    assertEquals(report.tests[0]!.conditions["ecn.ipmark.ect0.seen"], 1);
    assertMatch(report.versions.nginx ?? "", /nginx/);
    for (
      const name of [
        ...["report.json", "report.md", "report.html", "junit.xml", "events.ndjson"],
        ...["experiment.yaml", "001-ecn/targets.ndjson", "001-ecn/results.ndjson"],
        ...["001-ecn/services/web/web.log", "001-ecn/testers/ecn.log"],
      ]
    ) {
      assert(Deno.statSync(`${results}/${name}`).isFile, name);
    }
    const events = Deno.readTextFileSync(`${results}/events.ndjson`).trim().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(events.map(({ id }) => id), events.map((_, at) => at + 1));
    assertEquals(
      events.filter(({ type, test }) => type === "test.state" && test === report.tests[0]!.id)
        .map(({ state }) => state),
      [
        ...["created", "setting_up", "deploying", "ready", "executing", "validating"],
        ...["collecting", "tearing_down", "completed"],
      ],
    );
    const same = await spider(["experiment", "compare", results, results]);
    assertEquals(same.code, 0, same.err);
  },
);

rootTest("what does not come out is failed with its cause, and the status says so", async () => {
  using folder = new Folder();
  const { code, report } = await run(
    folder,
    `${ECN}    matrix: { middlebox: [ecn-clear, drop] }
    expect:
      - must: [ecn.connectivity.works, ecn.ipmark.ect0.seen]
`,
  );
  assertEquals(code, 1);
  assertEquals(report.tests.map(({ state, blame }) => [state, blame]), [
    ["failed", "path"],
    ["failed", "path"],
  ]);
  const [clear, drop] = report.tests;
  assertEquals(clear!.expectations.map(({ met }) => met), [true, false]);
  assertMatch(clear!.causes[0]!.cause, /ecn-clear treats the feature otherwise/);
  assertMatch(drop!.causes[0]!.cause, /drop also hit the baseline/);
  assertStringIncludes(drop!.causes[0]!.evidence[0]!, "ecn.connectivity.offline");
});

rootTest("a service that dies is named with the end of its log, not the path", async () => {
  using folder = new Folder();
  const dying = shellService(
    folder,
    "dying",
    `echo this is the end >&2; (${LISTENS}) & sleep 0.7; kill $!; exit 3`,
  );
  const { report } = await run(
    folder,
    `name: x
tests:
  - name: t
    services:
      web: { implementation: ${dying} }
      ecn: { implementation: ecn, protocol: { name: tcp, target: web } }
    steps: [start, wait-ready, { sleep: 1s }, measure, stop]
    expect: [{ must: [ecn.connectivity.works] }]
`,
  );
  const [test] = report.tests;
  assertEquals([test!.state, test!.blame], ["failed", "service"]);
  assertMatch(test!.causes[0]!.cause, /service web did not last/);
  assertStringIncludes(test!.causes[0]!.evidence.join("\n"), "this is the end");
});

rootTest("a service that never gets ready is an error of that service, in its time", async () => {
  using folder = new Folder();
  const silent = shellService(folder, "silent", "echo I only sleep; exec sleep 100");
  const { report } = await run(
    folder,
    `name: x
tests:
  - name: t
    services:
      web: { implementation: ${silent}, timeout: 300ms }
      ecn: { implementation: ecn, protocol: { name: tcp, target: web } }
`,
  );
  const [test] = report.tests;
  assertEquals([test!.state, test!.blame], ["error", "service"]);
  assertMatch(test!.problem!, /not ready after 0.3 s.*I only sleep/);
});

rootTest("steps, commands and captures of every link do what the file says", async () => {
  using folder = new Folder();
  const { report, results, code, err } = await run(
    folder,
    `${ECN}    pre_commands: [{ host: client, command: "echo before \${word}" }]
    post_commands: [{ host: server, command: [echo, after] }]
    iterations: { parameter_sets: [{ word: first }, { word: second }] }
    steps:
      - start
      - wait-ready
      - measure
      - { trace: { to: web } }
      - { exec: { host: client, command: "exit 7", status: 7 } }
    collect_artifacts: all
    expect:
      - must: [ecn.connectivity.works]
        flow: { "ecn.ecn_ect0_data_rev": true }
`,
  );
  assertEquals(code, 0, err);
  assertEquals(report.tests.map(({ id }) => id), ["t[word=first]", "t[word=second]"]);
  assertStringIncludes(Deno.readTextFileSync(`${results}/001-t/commands.log`), "before first");
  assertStringIncludes(Deno.readTextFileSync(`${results}/002-t/commands.log`), "before second");
  assertEquals(
    [...Deno.readDirSync(`${results}/001-t/captures`)].map(({ name }) => name).sort(),
    ["0-client-edge.pcapng", "1-edge-server.pcapng"],
  );
  const capture = `${results}/001-t/captures/0-client-edge.pcapng`;
  const seen = await spider(["observe", "-i", capture, "basic", "tcp", "ecn"]);
  assertMatch(seen.out, /"dp":80,.*"ecn_ect0_data_rev":true/);
  const trace = [...Deno.readDirSync(`${results}/001-t/steps`)];
  assertEquals(trace.length, 1);
  assertEquals(
    report.tests.flatMap(({ traces }) => traces).map(({ address, reached, hops }) => [
      ...[address, reached, hops.map(({ responders }) => responders.length)],
    ]),
    [["10.20.0.1", true, [1, 1]], ["10.20.0.1", true, [1, 1]]],
  );
});

rootTest("with a full disk a run ends with a sentence, and takes everything down", async () => {
  using folder = new Folder();
  using _state = new StateDirectory();
  const name = labNameHere();
  const small = folder.at("small");
  Deno.mkdirSync(small);
  runProgram("mount", ["-t", "tmpfs", "-o", "size=24k", "spider-test", small]);
  try {
    const file = folder.put(
      "x.yaml",
      new TextEncoder().encode(ECN.replace("name: x", `name: ${name}`)),
    );
    const { code, err } = await spider(["experiment", "run", "-o", `${small}/results`, file]);
    assertEquals(code, 1);
    assertMatch(err, /cannot write .*(No space left|disk is full).*make room/);
    assertEquals(runProgram("ip", ["netns", "list"]).includes(name), false);
  } finally {
    runProgram("umount", [small]);
  }
});

rootTest("two experiments of one name run at once, each for itself", async () => {
  using folder = new Folder();
  const text = `${ECN}    expect: [{ must: [ecn.connectivity.works] }]\n`;
  const both = await Promise.all([run(folder, text), run(folder, text)]);
  both.forEach(assertCompleted);
  assert(both[0].results !== both[1].results);
});

Deno.test("what a service on this host has left in the background ends with the test", async () => {
  using folder = new Folder();
  const forking = shellService(
    folder,
    "forking",
    `setsid sh -c 'trap "" TERM; exec sleep 1000' & echo $! >${folder.at("pid")}; ${
      LISTENS.replaceAll("80,", "8097,")
    }`,
  );
  const { report } = await run(
    folder,
    `name: x
tests:
  - name: t
    network_environment: localhost
    services:
      web: { implementation: ${forking}, ports: 8097 }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
    steps: [start, wait-ready, stop]
`,
  );
  assertEquals(report.tests[0]!.state, "completed", report.tests[0]!.problem ?? "");
  const pid = folder.text("pid").trim();
  assertMatch(pid, /^\d+$/);
  assertEquals(startTime(Number(pid)), null);
});

Deno.test("after the first failure a fast experiment runs no more, and says so of each test", async () => {
  using folder = new Folder();
  const { report } = await run(
    folder,
    `name: x
fast_fail: true
parallel: 1
tests:
${
      ["first", "second"].map((name) =>
        `  - name: ${name}
    network_environment: simulated
    services:
      web: { implementation: nginx }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [drop] }
    expect: [{ must: [ecn.connectivity.works] }]
`
      ).join("")
    }`,
  );
  assertEquals(report.tests.map(({ id, state, blame }) => [id, state, blame]), [
    ["first[middlebox=drop]", "failed", "path"],
    ["second[middlebox=drop]", "error", "experiment"],
  ]);
  assertMatch(report.tests[1]!.problem!, /not run: an earlier test failed/);
});
