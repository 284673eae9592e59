/** Each command once, as the one file runs it: with narrow permissions, and with what lies in it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { allCommands } from "../../src/cli/registry.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { ethernet, ip4, pcapFile, SYN, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { NotifySocket } from "../host/notify_socket.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { rootTest } from "../lab/root.ts";
import { Published, source } from "../plugin/published.ts";
import { Observatory } from "../result/pto/observatory.ts";
import { keyIn } from "../serve/running_server.ts";
import { endpointIn } from "../serve/endpoints/plugin.ts";
import { ServerProcess } from "../serve/server_process.ts";
import { type ProgramRun, results, spider } from "../spider.ts";

const commands = await allCommands();

const RESULT = JSON.stringify({
  dip: "192.0.2.1",
  time: { from: "2026-11-20T07:47:10Z", to: "2026-11-20T07:48:00Z" },
  conditions: ["ecn.connectivity.works"],
}) + "\n";

const encode = (text: string) => new TextEncoder().encode(text);

/** The commands that have a test here. */
const tested = new Set<string>();

/** A test of a command, which runs it and gives what it wrote. */
function commandTest(command: string, what: string, test: () => Promise<void>): void {
  tested.add(command);
  rootTest(`${command}: ${what}`, test);
}

function assertSucceeded({ code, err }: ProgramRun): void {
  assertEquals(code, 0, err);
}

for (const connect of ["tcp", "http", "https"] as const) {
  commandTest("measure", `ECN over ${connect}`, async () => {
    using _state = new StateDirectory();
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn", "drop"] });
    const targets = new Map(
      (["transparent", "ecn-drop-syn", "drop"] as const).flatMap((kind) =>
        ([4, 6] as const).flatMap((family) =>
          lab.addresses(kind, family, 2).map((dip) => [dip, kind])
        )
      ),
    );
    const ended = await spider(["measure", "ecn", "--connect", connect, "--timeout", "3"], {
      input: [...targets.keys()].join("\n"),
      within: (line) => lab.exec(line),
    });
    assertSucceeded(ended);
    const found = results(ended.out);
    assertEquals(found.length, targets.size);
    for (const { dip, conditions } of found) {
      const truth = ECN_TRUTH[targets.get(String(dip))!][connect === "tcp" ? "tcp" : "http"];
      assertEquals([...conditions].sort(), [...truth].sort(), dip);
    }
  });
}

commandTest("measure", "a spider from a URL runs confined", async () => {
  using _state = new StateDirectory();
  await using published = new Published({
    "/strict.ts": source({}, 'import "./part.ts";'),
    "/part.ts": "export const one: number = 1;",
  });
  const url = published.url("/strict.ts");
  assertEquals((await published.run(["measure", url, "--help"])).code, 1);
  assertSucceeded(await published.run(["plugins", "add", url, "--trust"]));
  await using lab = await TargetLab.open();
  const ended = await published.spawn(["measure", url, "--offline"], {
    input: lab.addresses("transparent", 4, 3).join("\n"),
    within: (line) => lab.exec(line),
  });
  assertSucceeded(ended);
  assertEquals(results(ended.out).map(({ conditions }) => conditions), [
    ...Array.from({ length: 3 }, () => ["strict.seen"]),
  ]);
});

commandTest("observe", "flows of a capture", async () => {
  using folder = new Folder();
  const frame = { time: 1, data: ethernet(ip4(tcp({ flags: SYN }))) };
  const file = folder.put("one.pcap", pcapFile([frame]));
  const ended = await spider(["observe", "-i", file]);
  assertSucceeded(ended);
  assertMatch(ended.out, /^\{.*"dip":"198\.51\.100\.7".*"pkt_fwd":1\b.*\}\n$/);
});

commandTest("observe", "a chain from a URL runs confined", async () => {
  await using published = new Published({
    "/syns.ts": `export default {
      kind: "chain", name: "syns", version: "1.0.0", api: "^1", summary: "SYNs",
      fields: { syns: { type: "integer", summary: "SYNs", initial: 0 } },
      tcp(rec: { syns: number }, tcp: { syn: boolean }) { if (tcp.syn) rec.syns++; },
    };`,
  });
  const file = published.put("one.pcap", "");
  Deno.writeFileSync(file, pcapFile([{ time: 1, data: ethernet(ip4(tcp({ flags: SYN }))) }]));
  const url = published.url("/syns.ts");
  const ended = await published.spawn(["observe", "-i", file, "--chain", url, "--trust", "basic"]);
  assertEquals(ended.code, 0, ended.err);
  assertMatch(ended.out, /^\{.*"pkt_fwd":1\b.*,"syns":1\}\n$/);
});

commandTest("filter", "targets of a list", async () => {
  const ended = await spider(["filter"], { input: "dip,dp\n192.0.2.1,80\n" });
  assertSucceeded(ended);
  assertEquals(ended.out, '{"dip":"192.0.2.1","dp":80}\n');
});

commandTest("ping", "hosts answer", async () => {
  await using lab = await TargetLab.open();
  const [host = ""] = lab.addresses("transparent", 4, 1);
  const ended = await spider(["ping", "--queries", "1", "--json", host], {
    within: (line) => lab.exec(line),
  });
  assertSucceeded(ended);
  assertMatch(ended.out, /"rcvd":1\b/);
});

commandTest("trace", "the way to a host", async () => {
  await using lab = await TargetLab.open({ routers: 3 });
  const [host = ""] = lab.addresses("transparent", 4, 1);
  const ended = await spider(["trace", host], { within: (line) => lab.exec(line) });
  assertSucceeded(ended);
  assertStringIncludes(ended.out, "100.64.0.18");
  assertStringIncludes(ended.out, host);
});

commandTest("locate", "the hop that meddles", async () => {
  await using lab = await TargetLab.open({ routers: 3, at: 2, boxes: ["dscp-clear"] });
  const [host = ""] = lab.addresses("dscp-clear", 4, 1);
  const ended = await spider(["locate", "-f", "dscp:46", "--interval", "0.01", host], {
    within: (line) => lab.exec(line),
  });
  assertSucceeded(ended);
  assertMatch(ended.out, /dscp 46 becomes 0 between hop 2 .* and hop 3 /);
});

commandTest("lab", "in the background, with its program, and a command on a host", async () => {
  using _state = new StateDirectory();
  const name = `binary-${Deno.pid}`;
  const input = `hosts: { a: , b: { serves: [10.20.0.0/24] } }
routers: { r: { middleboxes: ["delay:20"] } }
links: [[a, r], [r, b]]
`;
  assertSucceeded(await spider(["lab", "up", "-d", "--name", name, "-"], { input }));
  try {
    const probe = "printf '1 send-probe ip-4 10.20.0.9 timeout 2\\n' | mtr-packet";
    const ended = await spider(["lab", "exec", "a", "sh", "-c", probe]);
    assertSucceeded(ended);
    // 20 ms each way, at least
    const [, time] = /^1 reply ip-4 10\.20\.0\.9 round-trip-time (\d+)$/m.exec(ended.out) ?? [];
    assert(Number(time) >= 40_000, ended.out);
  } finally {
    assertSucceeded(await spider(["lab", "down", name]));
  }
});

commandTest("experiment", "in namespaces, simulated, and on this host", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  const run = (...words: string[]) =>
    spider(["experiment", "run", "-o", folder.at("results"), ...words]);
  for (const words of [[], ["--environment", "simulated"]]) {
    const some = ["--only", "tcp[", "--skip", "tcp[middlebox=syn-proxy"];
    const ended = await run(...words, "mss", ...some);
    assertSucceeded(ended);
    assertMatch(ended.out, /10 of 10 tests came out as expected/);
  }
  const file = folder.put(
    "here.yaml",
    encode(`name: here
tests:
  - name: t
    network_environment: localhost
    services:
      web: { implementation: lighttpd, ports: 8095, protocol: { name: http, version: "1.1" } }
      curl: { implementation: curl, protocol: { name: http, version: "1.1", target: web } }
    expect: [{ must: [curl.request.succeeded] }]
`),
  );
  assertSucceeded(await run(file));
});

commandTest("scan", "a list over both IP versions, what differs measured", async () => {
  using _state = new StateDirectory();
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
  const kinds = ["transparent", "ecn-drop-syn"] as const;
  const targets = new Map(
    kinds.flatMap((kind) =>
      ([4, 6] as const).flatMap((family) =>
        lab.addresses(kind, family, 3).map((dip) => [dip, kind] as const)
      )
    ),
  );
  const words = ["--input", "-", "-p", "80", "--no-default-blocklist", "--cooldown", "4"];
  const ended = await spider(["scan", "ecn", ...words], {
    input: [...targets.keys()].join("\n"),
    within: (line) => lab.exec(line),
  });
  assertSucceeded(ended);
  const found = results(ended.out);
  assertEquals(found.length, targets.size, ended.err);
  for (const { dip, conditions, method } of found) {
    const kind = targets.get(String(dip))!;
    const expected = [kind === "transparent" ? "scan" : "measure", ECN_TRUTH[kind].tcp];
    assertEquals([method, conditions], expected, String(dip));
  }
});

commandTest("doctor", "what this host has", async () => {
  using _state = new StateDirectory();
  await using lab = await TargetLab.open();
  const ended = await spider(["doctor", "--json"], { within: (line) => lab.exec(line) });
  assertSucceeded(ended);
  assertEquals(JSON.parse(ended.out).ok, true);
});

commandTest("metadata", "beside results", async () => {
  using folder = new Folder();
  const file = folder.put("results", encode(RESULT));
  assertSucceeded(await spider(["metadata", file, "--owner", "me@example.org"]));
  assertEquals(JSON.parse(folder.text("results.meta.json"))._owner, "me@example.org");
});

commandTest("upload", "results to an observatory", async () => {
  await using server = new Observatory();
  using folder = new Folder();
  const file = folder.put("results", encode(RESULT));
  assertSucceeded(await spider(["metadata", file, "--owner", "me@example.org"]));
  assertSucceeded(
    await spider(["upload", file, "--url", server.origin, "--campaign", "spring"], {
      within: (line) => ["env", `SPIDER_PTO_TOKEN=${server.key}`, ...line],
    }),
  );
  assertEquals(server.files.size, 1);
});

commandTest("plugins", "a new one is made, checked and tested", async () => {
  await using published = new Published({});
  const folder = published.at("made");
  assertSucceeded(await published.run(["plugins", "new", "spider", "mine", "-d", folder]));
  for (const verb of ["check", "test"]) {
    assertSucceeded(await published.run(["plugins", verb, `${folder}/mine`]));
  }
});

commandTest("completion", "for a shell", async () => {
  const ended = await spider(["completion", "bash"]);
  assertSucceeded(ended);
  assertStringIncludes(ended.out, "--connect");
});

commandTest("tutorial", "from nothing to a run", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  const ended = await spider(["tutorial", "--non-interactive", "--directory", folder.at("work")]);
  assertSucceeded(ended);
  assertMatch(ended.out, /hello\.connectivity\.works"[^]*hello\.connectivity\.broken"/);
});

commandTest("serve", "a measurement is asked for and read", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  await using lab = await TargetLab.open();
  const targets = lab.addresses("transparent", 4, 2);
  using socket = new NotifySocket(folder.at("notify"));
  const variables = [`NOTIFY_SOCKET=${socket.name}`, "WATCHDOG_USEC=1000000", "ABOUT=an operator"];
  const exec = (line: readonly string[]) => lab.exec(["env", ...variables, ...line]);
  endpointIn(folder, "mine", `handler: ({ segments }: { segments: string[] }) => [200, segments],`);
  const text = "politeness: { about: '${ENV:ABOUT}' }\nplugins: { mine: { plugin: ./mine.ts } }\n";
  const config = folder.put("serve.yaml", new TextEncoder().encode(text));
  const server = new ServerProcess({ exec }, folder, ["--config", config]);
  await server.listening();
  assertMatch(await server.ask("/about"), /^an operator\n/);
  assertEquals(await server.ask("/mine/a/b"), '["a","b"]\n');
  assert(JSON.parse(await server.ask("/systeminfo")).memory.total > 0);
  await socket.heard("WATCHDOG");
  const id = await server.post({ spider: "ecn", targets });
  await server.ask(`/measurements/${id}/events`);
  assertEquals((await server.results(id)).sort(), [...targets].sort());
  assertEquals(await server.end("SIGTERM"), 0);
});

commandTest("remote", "a server measures, and probes", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
  const key = keyIn(folder.at("serve.db"));
  const server = new ServerProcess(lab, folder);
  await server.listening();
  const targets = lab.addresses("ecn-drop-syn", 4, 2);
  const remote = (words: string[], input = "") =>
    spider(["remote", "http://127.0.0.1:8642", ...words], {
      input,
      within: (line) => lab.exec(["env", `SPIDER_KEY=${key}`, ...line]),
    });
  const measured = await remote(["measure", "ecn", "--timeout", "1"], targets.join("\n"));
  assertSucceeded(measured);
  const found = results(measured.out);
  assertEquals(found.map(({ dip }) => dip).sort(), [...targets].sort());
  for (const { conditions } of found) assertEquals(conditions, ECN_TRUTH["ecn-drop-syn"].tcp);
  const pinged = await remote(["ping", "-q", "1", "-n", targets[0]!]);
  assertSucceeded(pinged);
  assertStringIncludes(pinged.out, targets[0]!);
  const [{ id }] =
    JSON.parse(await server.ask("/measurements", "-H", `X-API-Key: ${key}`)).measurements;
  assertMatch((await remote(["--attach", "0"])).err, /there is no measurement 0/);
  const parquet = await server.ask(
    `/measurements/${id}/results?format=parquet`,
    ...["-H", `X-API-Key: ${key}`],
  );
  assertEquals([parquet.slice(0, 4), parquet.slice(-4)], ["PAR1", "PAR1"]);
  assertEquals(await server.end("SIGTERM"), 0);
});

Deno.test("every command has a test here", () => {
  assertEquals([...tested].sort(), commands.map(({ name }) => name).sort());
});
