/** The path of the manual from nothing to a measurement, with the commands that stand there. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { z } from "zod";
import { readConfig, usualConfig } from "../../src/serve/config/read.ts";
import { configSchema } from "../../src/serve/config/schema.ts";
import serving from "../../src/serve/serving.md" with { type: "text" };
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { until } from "../until.ts";
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from "./chromium.ts";
import { endpointIn } from "./endpoints/plugin.ts";
import { ServerProcess } from "./server_process.ts";

/** What stands in the blocks of a language. */
function blocksOf(language: string): string[] {
  const blocks = serving.matchAll(/^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, of, block]) => of === language ? [block!] : []);
}

/** The commands of each block of a shell that speaks with the server, without comments. */
const BLOCKS = blocksOf("sh").map((block) =>
  // What is indented goes on with the line before
  block.replaceAll(/\\?\n +/g, " ").split("\n").map((line) => line.replace(/ {2,}#.*/, ""))
    .filter((line) => line !== "")
);

const [PLUGINS = "", CONFIGURATION = "", ALL_KEYS = ""] = blocksOf("yaml");
const [PAGE = ""] = /(?<=in a browser: )http\S+/.exec(serving) ?? [];
const DELIVERED = blocksOf("json").find((block) => block.includes("deliver"))!;

/** A text of the manual in which those who are delivered to are at a port that nobody listens on. */
function nowhere(text: string): string {
  return text.replaceAll(/https:\/\/(hooks|pto)\.example\.org/g, "http://127.0.0.1:9");
}

/** Paths of the keys that a schema has; `*` for those that may be called anyhow. */
function keysOf(
  { properties = {}, additionalProperties, anyOf = [] }: KeySchema,
  path = "",
): string[] {
  return [
    ...Object.entries(properties).flatMap((
      [key, inner],
    ) => [path + key, ...keysOf(inner as KeySchema, `${path}${key}.`)]),
    ...typeof additionalProperties === "object" ? keysOf(additionalProperties, `${path}*.`) : [],
    ...anyOf.flatMap((one) => keysOf(one as KeySchema, path)),
  ];
}

type KeySchema = z.core.JSONSchema.BaseSchema;

/** Paths of the keys of a configuration, as {@linkcode keysOf} has them. */
function keysIn(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = ["plugins.", "observatories."].includes(path) ? "*" : key;
    return [path + name, ...keysIn(inner, `${path}${name}.`)];
  });
}

/** What someone sees at an address of the page in a browser on a lab's client, once all of it has come. */
async function seen(lab: TargetLab, url: string): Promise<string> {
  using profile = new Folder();
  const [program = "", ...args] = lab.exec([
    ...[CHROMIUM, ...CHROMIUM_ARGUMENTS, "--headless", `--user-data-dir=${profile.path}`],
    // Of the page's own clock, which goes on only while it waits for nothing
    ...["--virtual-time-budget=10000", "--dump-dom", url],
  ]);
  const { success, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  assert(success, url);
  return new TextDecoder().decode(stdout).replaceAll(/<[^>]*>/g, " ");
}

/** Deliveries, the oldest first, as soon as each was tried. */
async function untilTried(ask: () => Promise<string>) {
  let all: { last: unknown; [key: string]: unknown }[] = [];
  await until("all were tried", async () => {
    all = JSON.parse(await ask()).deliveries.reverse();
    return all.length === 2 && all.every(({ last }) => last !== null);
  });
  return all as [typeof all[0], typeof all[0]];
}

Deno.test("the manual has every key of the configuration, with what it is when missing", () => {
  using folder = new Folder();
  Deno.env.set("PTO_TOKEN", "token");
  const read = (text: string) => readConfig(folder.put("a.yaml", new TextEncoder().encode(text)));
  assertEquals(read(ALL_KEYS), usualConfig());
  const all = ALL_KEYS.replaceAll(/^( *)#/gm, "$1");
  assert(read(all).observatories.pto);
  const shown = new Set([all, PLUGINS].flatMap((text) => keysIn(parse(text))));
  const schema = z.toJSONSchema(configSchema, { io: "output", unrepresentable: "any" });
  const known = keysOf(schema);
  assert(
    ["listen.tls.key", "observatories.*.token", "plugins.*.limits.body"].every((key) =>
      known.includes(key)
    ),
    known.join(" "),
  );
  assertEquals(known.filter((key) => !shown.has(key)), []);
});

const LEADS = "what the manual shows leads from nothing to results, also in a browser" +
  (hasChromium ? "" : " (skipped there: needs the package chromium)");

rootTest(LEADS, async () => {
  const [
    [spiders, ask, list, events, results] = [],
    [upload, ofList] = [],
    [resolve, uploadFound] = [],
    [told, retry] = [],
    plugins = [],
  ] = BLOCKS;
  await using lab = await TargetLab.open({ services: ["nginx", "unbound"] });
  using folder = new Folder();
  using _state = new StateDirectory();
  const [target, other] = lab.addresses("transparent", 4, 2);
  folder.put("targets.csv", new TextEncoder().encode(`${other}\n`));
  endpointIn(folder, "mine", "handler: () => [200, null],");
  Deno.writeTextFileSync(folder.at("secrets.json"), "{}");
  const written = nowhere(CONFIGURATION + PLUGINS).replace("/srv/results", folder.path)
    .replace("./mine ", "./mine.ts ");
  const config = folder.put("serve.yaml", new TextEncoder().encode(written));
  Deno.env.set("PTO_TOKEN", "token");
  const server = new ServerProcess(lab, folder, ["--config", config]);
  await server.listening();
  const run = async (line: string | undefined, id = "") => {
    if (!line?.startsWith("curl ")) throw new Error(`no command of curl: ${line}`);
    const told = line.replaceAll(/192\.0\.2\.(1|53)\b/g, target!).replaceAll("ID", id);
    const [program = "", ...args] = lab.exec(["sh", "-c", `cd ${folder.path} && ${told}`]);
    const { success, stdout } = await new Deno.Command(program, { args }).output();
    assert(success, told);
    return new TextDecoder().decode(stdout);
  };
  const [lo, memory, all, reloaded] = await Array.fromAsync(plugins, (line) => run(line));
  assertEquals(JSON.parse(lo!).name, "lo");
  assert(JSON.parse(memory!).total > 0);
  assertEquals(
    JSON.parse(all!).plugins.map(({ route }: { route: string }) => route),
    ["/results", "/mine", "/netinfo", "/sessions", "/systeminfo"],
  );
  assertEquals(JSON.parse(reloaded!).state, "loaded");
  const known = JSON.parse(await run(spiders)).spiders;
  assert(known.some(({ name }: { name: string }) => name === "ecn"));
  const { id } = JSON.parse(await run(ask));
  assertEquals(JSON.parse(await run(list)).measurements[0].id, id);
  assert((await run(events, id)).includes("event: ended"));
  assertEquals(JSON.parse(await run(results, id)).dip, target);

  if (hasChromium) {
    const page = await seen(lab, `${PAGE}#/measurements/${id}`);
    assertMatch(page, /ecn +completed/);
    assertMatch(page, /works +1 +100%/);
    assertStringIncludes(page, target!);
  }

  const uploaded = JSON.parse(await run(upload));
  assertEquals([uploaded.name, uploaded.targets], ["top", 1]);
  const second = JSON.parse(await run(ofList, uploaded.id));
  await run(events, second.id);
  assertEquals(await server.results(second.id), [other]);

  const names = JSON.parse(await run(resolve));
  await run(events, names.id);
  const found = JSON.parse(await run(uploadFound, names.id));
  assertEquals([found.name, found.targets, found.skipped], ["found", 2, 0]);

  const third = await server.post(JSON.parse(nowhere(DELIVERED).replace("ID", uploaded.id)));
  await run(events, third);
  const [toHook, toObservatory] = await untilTried(() => run(told, third));
  assertEquals([toHook.number, toHook.signed, toHook.state], [1, true, "waiting"]);
  assertEquals([toObservatory.observatory, toObservatory.state], ["pto", "waiting"]);
  assertEquals(JSON.parse(await run(retry, third)).number, 1);
  assertEquals(await server.end("SIGTERM"), 0);
});
