import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { pcapFile } from "../../data/packets.ts";
import { Published, source } from "../published.ts";
import { built } from "./packets.ts";

interface Report {
  name: string;
  faults: string[];
  conditions: string[] | null;
  flows: Record<string, unknown>[];
}

const ANSWERED = "> S\\n< SA\\n> .";

/** The source of a spider with tests. */
function tested(tests: string, members: Readonly<Record<string, string>> = {}): string {
  return `${source(members)}\nexport const tests = [${tests}];\n`;
}

/** Plays the tests of a module; the status, and the reports by name. */
async function play(text: string, folder = new Folder()) {
  using _ = folder;
  await using published = new Published({});
  const file = folder.put("strict.ts", new TextEncoder().encode(text));
  const { code, out, err } = await published.run(["plugins", "test", file, "--json"]);
  const [played] = code === 70 || out === "" ? [] : JSON.parse(out) as { tests: Report[] }[];
  return { code, err, tests: played?.tests ?? [] };
}

Deno.test("a test passes when fields and conditions are as expected, and fails when not", async () => {
  const arms = (flow: string) =>
    `arms: {
      plain: { socket: "ok", packets: "${ANSWERED}", flow: ${flow} },
      marked: { socket: "ok", packets: "${ANSWERED}" },
    }`;
  const { code, tests } = await play(tested(`
    { name: "right", ${arms("{ pkt_fwd: 2, tcp_connected: true }")}, conditions: ["strict.seen"] },
    { name: "wrong field", ${arms("{ pkt_fwd: 3, colour: 1 }")} },
    { name: "wrong condition", ${arms("{}")}, conditions: ["strict.unseen"] },
  `));
  assertEquals(code, 1);
  assertEquals(tests.map(({ faults }) => faults), [
    [],
    [
      "arm plain: pkt_fwd is 2, and 3 was expected",
      "arm plain: there is no field colour in its record",
    ],
    ["strict.seen came out unexpectedly", "strict.unseen did not come out"],
  ]);
  assertEquals(tests[0]!.flows.map(({ sp, dp }) => [sp, dp]), [[40_001, 80], [40_002, 80]]);
});

Deno.test("an undeclared condition fails the test, and so does what the plugin throws, with its line", async () => {
  const arms = `arms: {
    plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok", packets: "${ANSWERED}" },
  }`;
  const conclude = `(_flows, _helpers, options) => {
    if (options.throws) throw new Error("on purpose");
    return ["strict.other"];
  }`;
  const text = tested(
    `{ name: "undeclared", ${arms} }, { name: "throws", ${arms}, options: { throws: true } },
     { name: "no such option", ${arms}, options: { other: 1 } }`,
    { conclude, options: '{ throws: { type: "boolean", summary: "throw" } }' },
  );
  const { code, tests } = await play(text);
  assertEquals(code, 1);
  const line = text.split("\n").findIndex((line) => line.includes("on purpose")) + 1;
  assertMatch(tests[0]!.faults[0]!, /emitted "strict.other", which it does not declare/);
  assertMatch(
    tests[1]!.faults[0]!,
    new RegExp(`failed in conclude: Error: on purpose\n    at .*strict\\.ts:${line}:\\d+\\)$`),
  );
  assertMatch(tests[2]!.faults[0]!, /other/);
});

Deno.test("what was not observed gives no verdict", async () => {
  const { code, tests } = await play(tested(`{
    name: "nothing seen of one arm",
    arms: { plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok" } },
    conditions: ["pathspider.not_observed", "pathspider.missed_flows:1"],
  }`));
  assertEquals([code, tests[0]?.faults], [0, []]);
});

Deno.test("what was not observed is reported with the arm and the reason, where it was not expected", async () => {
  const { code, tests } = await play(tested(`{
    name: "nothing seen of one arm",
    arms: { plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok" } },
    conditions: ["strict.seen"],
  }`));
  assertEquals(code, 1);
  assertEquals(tests[0]?.faults.slice(0, 1), ["arm marked was not observed: no packet seen"]);
});

Deno.test("arms that forge have a test's own time, whatever the clock of this host says", async () => {
  const arms = (forged: string) =>
    `{ plain: { packets: "> forged\\n< SA" }, marked: { packets: "${forged}" } }`;
  const { code, err, tests } = await play(tested(
    `...Array.from({ length: 30 }, (_, at) => ({
      name: String(at), arms: ${arms("> forged")}, conditions: ["strict.broken"],
    })), { name: "both", arms: ${arms("> forged\\n< SA")}, conditions: ["strict.works"] }`,
    {
      connect: '["tcpsyn"]',
      arms: '[{ name: "plain" }, { name: "marked", forge: (packet) => packet }]',
      conditions: '{ "strict.V": "how they compare" }',
      conclude: "([plain, marked], { compare }) => [`strict.${compare(plain, marked)}`]",
    },
  ));
  assertEquals(tests.flatMap(({ faults }) => faults), [], err);
  assertEquals([code, tests.length], [0, 31]);
});

Deno.test("values of conditions are what people measure, and one that is named twice counts once", async () => {
  const { tests } = await play(tested(
    `{ name: "values", arms: {
      plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok", packets: "${ANSWERED}" },
    } }`,
    {
      conditions: '{ "strict.N": "a value", "strict.V.of:N": "two" }',
      conclude: `() => ["strict.0.5", "strict.TLS 1.3", "strict.10.0.0.1", "strict.a:b",
        "strict.0.5", "strict.1.2.of:3:4"]`,
    },
  ));
  assertEquals(tests[0]?.conditions, [
    "strict.0.5",
    "strict.TLS 1.3",
    "strict.10.0.0.1",
    "strict.a:b",
    "strict.1.2.of:3:4",
  ]);
});

Deno.test("a job of a name has no port of its own, as in a run", async () => {
  const { tests } = await play(tested(
    `{ name: "named", jobs: [{ dip: "192.0.2.7", domain: "example.org undefined" }], arms: {
      plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok", packets: "${ANSWERED}" },
    } }`,
    {
      needs: '"domain"',
      arms: `["plain", "marked"].map((name) => ({
        name, connect: (_, { connect }) => connect({ remote: { address: "192.0.2.7", port: 80 } }),
      }))`,
      jobs: '(job) => [{ dip: "192.0.2.7", domain: `${job.domain} ${job.dp}` }]',
    },
  ));
  assertEquals(tests[0]?.faults, []);
});

Deno.test("hooks are called as in a measurement", async () => {
  const { code, tests } = await play(
    tested(
      `{
      name: "all of them",
      job: { dip: "2001:db8:1::2", dp: 81, rank: 7 },
      arms: {
        plain: { socket: "ok", packets: "${ANSWERED}", flow: { strict_seen: "7 true ok" } },
        marked: { socket: "refused", packets: "> S\\n< RA", flow: { strict_seen: "7 true refused" } },
      },
      conditions: ["strict.seen"],
    }, { name: "skipped", job: { rank: 13 }, skip: "it has bad luck" },
    { name: "not skipped", job: { rank: 1 }, skip: "it has bad luck" }`,
      {
        skip: '(job) => job.rank === 13 ? "it has bad luck" : null',
        preConnect: "(job) => (seen = job.rank)",
        postConnect:
          "(_job, connection, _arm, prepared) => { said = `${prepared} true ${connection.outcome}`; }",
        merge: "(flow) => ({ strict_seen: flow === null ? null : said })",
      },
    ).replace("export default", "let seen, said;\nexport default"),
  );
  assertEquals(code, 1);
  assertEquals(tests.map(({ faults }) => faults), [
    [],
    [],
    ['the job is not skipped, and "it has bad luck" was expected'],
  ]);
  assertEquals(tests[0]!.flows[0]!.dip, "2001:db8:1::2");
});

Deno.test("an arm may meet what is in a capture file", async () => {
  using folder = new Folder();
  const frames = built("> S\n< SA\n> .").map((data, time) => ({ data, time }));
  folder.put("answered.pcap", pcapFile(frames, 101));
  const arm =
    '{ socket: "ok", capture: "answered.pcap", flow: { tcp_connected: true, sp: 40001 } }';
  const text = tested(`{ name: "seen", arms: { plain: ${arm}, marked: ${arm} } }`);
  const file = folder.put("strict.ts", new TextEncoder().encode(text));
  await using published = new Published({});
  const { code, out } = await published.run(["plugins", "test", file]);
  assertEquals([code, out], [0, `ok    seen\n${file}: 1 test, all passed\n`]);
});

Deno.test("values that a chain puts into its fields are of their types", async () => {
  const chain = `export default {
    kind: "chain", name: "odd",
    fields: {
      odd_count: { type: "integer", summary: "count", initial: 0 },
      odd_text: { type: "string?", summary: "text", initial: null },
    },
    tcp(rec, tcp) {
      if (tcp.syn) rec.odd_count = tcp.ack ? "two" : 1;
      if (tcp.fin) rec.odd_text = 5;
    },
  };
  export const tests = [
    { name: "right", packets: "> S", flows: [{ odd_count: 1, odd_text: null }] },
    { name: "wrong", packets: "> S\\n< SA\\n> FA", flows: [{}] },
    { name: "too few", packets: "> S\\n---\\n> S", flows: [{}] },
  ];`;
  const { code, tests } = await play(chain);
  assertEquals(code, 1);
  assertEquals(tests.map(({ faults }) => faults), [
    [],
    [
      'flow 1: the chain odd put "two" into odd_count, which is declared integer',
      "flow 1: the chain odd put 5 into odd_text, which is declared string?",
    ],
    ["2 flows resulted from the packets, and 1 were expected"],
  ]);
});

Deno.test("a spider without packets, one that yields jobs, and an arm of several connections", async () => {
  const { code, tests } = await play(tested(
    `{
      name: "sockets say it all",
      arms: {
        plain: { socket: { outcome: "ok", fields: { answers: 2 } }, flow: { answers: 2, observed: true } },
        marked: { socket: "timeout" },
      },
      conditions: ["strict.seen"],
      jobs: [{ dip: "192.0.2.1", answers: 2 }],
    }, { name: "other jobs", arms: { plain: { socket: "ok" }, marked: { socket: "ok" } }, jobs: [] }`,
    {
      observe: "false",
      jobs: "(job, flows) => [{ dip: job.dip, answers: flows[0].answers }]",
    },
  ));
  assertEquals(code, 1);
  assertEquals(tests[0]!.faults, []);
  assertMatch(
    tests[1]!.faults[0]!,
    /^the jobs are \[\{"dip":"192\.0\.2\.1"\}\], and \[\] was expected$/,
  );
  const several = await play(tested(
    `{
      name: "the second is watched",
      arms: {
        plain: { socket: "ok", packets: "${ANSWERED}", flow: { pkt_fwd: 2, sp: 40101 } },
        marked: { socket: "ok", packets: "${ANSWERED}", flow: { pkt_fwd: 2, sp: 40002 } },
      },
    }`,
    {
      arms:
        `[{ name: "plain", async connect(job, { connect }) { await connect(); return await connect(); } },
        { name: "marked", async connect(job, { connect }) { const one = await connect(); await connect(); return one; } }]`,
    },
  ));
  assertEquals([several.code, several.tests[0]?.faults], [0, []]);
});

Deno.test("what is wrong with the tests themselves is reported", async () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "": /has no tests: export a list of them as tests/,
    '{ name: "x", arms: { plain: { socket: "fine" } } }': /arms\.plain\.socket must be an outcome/,
    '{ name: "x", arms: { other: { socket: "ok" } } }':
      /arms\.other is no arm; there are plain, marked/,
    '{ name: "x", arms: { plain: { packets: "> X" } } }': /plain\.packets cannot be read: .*line 1/,
    '{ name: "x", colour: 1 }': /tests\.0\.colour/,
  };
  for (const [tests, said] of Object.entries(cases)) {
    const { code, err } = await play(tested(tests));
    assertEquals(code, 1);
    assertMatch(err, said);
  }
  const { tests } = await play(tested(`{ name: "one arm", arms: { plain: { packets: "> S" } } },
    { name: "no socket", arms: { plain: { packets: "> S" }, marked: {} } },
    { name: "a wrong error", arms: { plain: { socket: { outcome: "ok", errno: "EIO" } }, marked: {} } }`));
  assertMatch(tests[0]!.faults[0]!, /has nothing for the arm marked/);
  assertMatch(tests[1]!.faults[0]!, /give the arm a socket/);
  assertMatch(tests[2]!.faults[0]!, /EIO makes the outcome failed, not ok/);
});

Deno.test("words of a stranger's packets are cleaned before they are shown", async () => {
  const word = "\\u001b]0;x\\u0007\\u009b2J";
  await using published = new Published({
    "/strict.ts": tested(
      `{ name: "${word}", arms: { plain: { socket: "ok", packets: "> ${word}" }, marked: {} } }`,
    ),
  });
  const url = published.url("/strict.ts");
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  for (const json of [[], ["--json"]]) {
    const { out, err } = await published.run(["plugins", "test", "strict", ...json]);
    assertEquals(/[^\P{C}\n]/u.test(out + err), false, JSON.stringify(out + err));
  }
});

Deno.test("tests of a plugin from a URL are played in its worker, once it is accepted", async () => {
  await using published = new Published({
    "/strict.ts": tested(`{
      name: "seen",
      arms: { plain: { socket: "ok", packets: "${ANSWERED}" }, marked: { socket: "ok", packets: "${ANSWERED}" } },
      conditions: ["strict.seen"],
    }, { name: "a capture", arms: { plain: { socket: "ok", capture: "/etc/passwd" }, marked: {} } }`),
  });
  const url = published.url("/strict.ts");
  const refused = await published.run(["plugins", "test", url]);
  assertEquals([refused.code, refused.out], [1, ""]);
  assertMatch(refused.err, /is not run, since it is not accepted/);
  assertEquals((await published.run(["plugins", "add", url, "--trust"])).code, 0);
  const { code, out } = await published.run(["plugins", "test", "strict"]);
  assertEquals(code, 1);
  assert(out.startsWith("ok    seen\nFAIL  a capture\n"), out);
  assertMatch(out, /a plugin from a URL has no files/);
  // Also where it may do more
  assertEquals((await published.run(["plugins", "remove", "strict"])).code, 0);
  assertEquals((await published.run(["plugins", "add", url, "--allow", "--trust"])).code, 0);
  const allowed = await published.run(["plugins", "test", "strict", "--offline"]);
  assert(allowed.out.startsWith("ok    seen\nFAIL  a capture\n"), allowed.err);
});
