import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { type ProgramRun, results, spider } from "../spider.ts";
import { source } from "./published.ts";

/** Publishes a folder on port 8000 of whatever namespace it runs in; meant for `deno eval`. */
const SERVER = `
const [folder] = Deno.args;
Deno.serve({ hostname: "127.0.0.1", port: 8000, onListen: () => console.log("ready") }, async (r) => {
  const path = folder + new URL(r.url).pathname;
  const octets = await Deno.readFile(path).catch(() => null);
  return new Response(octets ?? "none", { status: octets === null ? 404 : 200 });
});
`;

/** The ECN spider in three modules, with every function that a plugin from a URL may have. */
const FILES = {
  "strict.ts": source(
    {
      chains: '["basic", "tcp", "tcpx"]',
      options: '{ twice: { type: "boolean", summary: "measure the plain arm twice" } }',
      arms: "(options: { twice: boolean }) => armsOf(options.twice)",
      conditions:
        '{ "strict.connectivity.C": "by compare", "strict.prepared.N": "rank of the job" }',
      confirm: '["strict.connectivity.C"]',
      skip: "(job: Job) => job.rank === 13 ? 'it has bad luck' : null",
      preConnect: "(job: Job) => ({ rank: job.rank })",
      postConnect: "(_job: Job, _connection: unknown, arm: Named, prepared: unknown) => " +
        "{ seen.set(arm.name, prepared); }",
      merge: "(flow: object | null) => ({ strict_saw_wire: flow !== null })",
      conclude: "verdict",
    },
    [
      'import { armsOf, type Named } from "./lib/arms.ts";',
      'import { seen, verdict } from "./lib/verdict.ts";',
      "interface Job { rank: number }",
    ].join("\n"),
  ),
  "lib/arms.ts": [
    "export interface Named { name: string; socket?: object }",
    "export function armsOf(twice: boolean): Named[] {",
    '  const arms = [{ name: "plain" }, { name: "ecn", socket: { ecn: true } }];',
    '  return twice ? [...arms, { name: "again" }] : arms;',
    "}",
  ].join("\n"),
  "lib/verdict.ts": [
    'import type { Named } from "./arms.ts";',
    "export const seen = new Map<string, unknown>();",
    "export function verdict(flows: any[], helpers: any, options: { twice: boolean }): string[] {",
    "  if (flows.length !== (options.twice ? 3 : 2)) throw new Error(`${flows.length} flows`);",
    "  if (!flows.every((flow) => flow.strict_saw_wire)) throw new Error('merge was not called');",
    "  const { ECE, CWR } = helpers.tcpFlags;",
    "  const asked = (flows[1].tcp_synflags_fwd & (ECE | CWR)) === (ECE | CWR);",
    '  if (!asked) return ["pathspider.not_observed"];',
    "  const prepared = seen.get('ecn') as { rank: number };",
    "  const said = helpers.connectivity(flows[0].spdr_state === 0, flows[1].tcpx_syn_fwd === 1 &&",
    "    flows[1].spdr_state === 0);",
    "  return [`strict.connectivity.${said}`, `strict.prepared.${prepared.rank}`];",
    "}",
  ].join("\n"),
};

rootTest(
  "a spider of three modules runs by URL: refused, trusted, offline, refused when changed",
  async () => {
    await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
    using folder = new Folder();
    Deno.mkdirSync(folder.at("www/lib"), { recursive: true });
    for (const [name, text] of Object.entries(FILES)) {
      Deno.writeTextFileSync(folder.at(`www/${name}`), text);
    }
    let server = await serve(lab, folder.at("www"));
    const env = [
      "env",
      `XDG_CONFIG_HOME=${folder.at("config")}`,
      `XDG_DATA_HOME=${folder.at("data")}`,
    ];
    const up = lab.addresses("transparent", 4, 20);
    const broken = lab.addresses("ecn-drop-syn", 4, 5);
    const input = [...up, ...broken, "192.0.2.13"].map((dip) =>
      JSON.stringify({ dip, dp: 80, rank: dip === "192.0.2.13" ? 13 : 4 }) + "\n"
    ).join("");
    const url = "http://127.0.0.1:8000/strict.ts";
    const measure = (...args: string[]) =>
      spider(["--plugin", url, "-i", lab.interface, ...args], {
        input,
        within: (line) => lab.exec([...env, ...line]),
      });
    const checkVerdicts = ({ code, out, err }: ProgramRun) => {
      assertEquals(code, 0, err);
      assertMatch(err, /it has bad luck/);
      const found = new Map(results(out).map(({ dip, conditions }) => [dip, conditions]));
      for (const { spider } of results(out)) {
        assertEquals([spider?.name, spider?.version], ["strict", "1.0.0"]);
        assertMatch(spider?.sha256 ?? "", /^[0-9a-f]{64}$/);
      }
      assertEquals(found.size, up.length + broken.length);
      for (const dip of up) {
        assertEquals(found.get(dip), ["strict.connectivity.works", "strict.prepared.4"]);
      }
      for (const dip of broken) {
        assertEquals(found.get(dip), ["strict.connectivity.broken", "strict.prepared.4"]);
      }
    };
    try {
      const refused = await measure();
      assertEquals([refused.code, refused.out], [1, ""]);
      assertMatch(refused.err, /is not trusted yet/);
      checkVerdicts(await measure("--trust"));
      const output = folder.at("results.ndjson");
      const twice = await measure("--twice", "--output", output);
      checkVerdicts({ ...twice, out: Deno.readTextFileSync(output) });
      const { spider } = JSON.parse(Deno.readTextFileSync(`${output}.manifest.json`));
      assertEquals([spider.place, spider.arms], [url, ["plain", "ecn", "again"]]);
      assertMatch(spider.sha256, /^[0-9a-f]{64}$/);
      await stop(server);
      const offline = await measure();
      checkVerdicts(offline);
      assertMatch(offline.err, /running the stored copy/);
      Deno.writeTextFileSync(folder.at("www/lib/arms.ts"), FILES["lib/arms.ts"] + "\n");
      server = await serve(lab, folder.at("www"));
      const changed = await measure();
      assertEquals([changed.code, changed.out], [1, ""]);
      assertMatch(
        changed.err,
        /has changed: [0-9a-f]{64} was accepted, and now it is [0-9a-f]{64}/,
      );
    } finally {
      await stop(server);
    }
  },
);

rootTest(
  "a spider from a URL that does not come back ends the run, and leaves nothing",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    Deno.mkdirSync(folder.at("www"));
    const members = {
      conclude: "() => { for (;;); }",
      arms: '[{ name: "plain" }, { name: "ecn", socket: { ecn: true } }]',
    };
    Deno.writeTextFileSync(folder.at("www/a.ts"), source(members));
    const server = await serve(lab, folder.at("www"));
    try {
      const { code, err } = await measureWith(lab, folder);
      assertEquals(code, 1);
      assertMatch(err, /the plugin strict did not answer in conclude for 5 s/);
      assertEquals(run("ip", ["-n", lab.client, "rule"]).includes("fwmark"), false);
    } finally {
      await stop(server);
    }
  },
);

rootTest(
  "a spider from a URL that throws ends the run in order, named with its lines",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    Deno.mkdirSync(folder.at("www"));
    const conclude = "() => {\n    throw new Error('on purpose');\n  }";
    Deno.writeTextFileSync(folder.at("www/a.ts"), source({ conclude }));
    const server = await serve(lab, folder.at("www"));
    try {
      const { code, err } = await measureWith(lab, folder);
      assertEquals(code, 1);
      assertMatch(err, /the plugin strict failed in conclude: Error: on purpose\n/);
      const at = source({ conclude }).split("\n").findIndex((line) => line.includes("throw")) + 1;
      assert(err.includes(`http://127.0.0.1:8000/a.ts:${at}:`), err);
    } finally {
      await stop(server);
    }
  },
);

/** Measures with the published plugin `a.ts` and with settings of its own in a folder. */
function measureWith(lab: TargetLab, folder: Folder): Promise<ProgramRun> {
  return spider(["measure", "http://127.0.0.1:8000/a.ts", "-i", lab.interface, "--trust"], {
    input: lab.addresses("transparent", 4, 3).join("\n"),
    within: (line) =>
      lab.exec([
        ...["env", `XDG_CONFIG_HOME=${folder.path}`, `XDG_DATA_HOME=${folder.path}`],
        ...line,
      ]),
  });
}

/** Starts the server in the client's namespace; resolves when it listens. */
async function serve(lab: TargetLab, folder: string): Promise<Deno.ChildProcess> {
  const [program = "", ...args] = lab.exec([Deno.execPath(), "eval", SERVER, folder]);
  const child = new Deno.Command(program, { args, stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

async function stop(server: Deno.ChildProcess): Promise<void> {
  try {
    server.kill("SIGTERM");
  } catch {
    return; // it was stopped before
  }
  await server.stdout.cancel();
  await server.status;
}
