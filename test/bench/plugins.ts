import { startSandbox } from "../../src/plugin/sandbox/start.ts";
import { Folder } from "../data/temporary.ts";
import { inTurn, seconds, spiderCommand } from "./process.ts";
import { median, type Row } from "./row.ts";

/** Most milliseconds that a stored plugin may take more than one that ships with the program. */
const MORE = 10;
/** Most milliseconds of `spider plugins list`. */
const LIST = 100;

/** What plugins cost: a list of them, and one from a URL beside one that ships with the program. */
export async function pluginRows(): Promise<Row[]> {
  using folder = new Folder();
  const env = ["env", `XDG_CONFIG_HOME=${folder.path}`, `XDG_DATA_HOME=${folder.path}`];
  const code = await Deno.readTextFile(new URL("../../plugins/spiders/ecn.ts", import.meta.url));
  const source = code.replace('name: "ecn"', 'name: "stored"');
  Deno.mkdirSync(folder.at("spider/plugins"), { recursive: true });
  for (let i = 0; i < 10; i++) {
    const text = code.replace('name: "ecn"', `name: "own-${i}"`);
    Deno.writeTextFileSync(folder.at(`spider/plugins/own-${i}.ts`), text);
  }
  const url = await publish(source, env);
  const run = (...args: string[]) => [...env, ...spiderCommand(args)];
  const times = await inTurn({
    bundled: run("measure", "ecn", "--help"),
    stored: run("measure", url, "--offline", "--help"),
    list: run("plugins", "list"),
    // Where nothing can be kept all files are parsed each time
    parsed: [...env, "XDG_DATA_HOME=/dev/null", ...spiderCommand(["plugins", "list"])],
  }, 20);
  const [bundled, stored, list, parsed] = [times.bundled, times.stored, times.list, times.parsed]
    .map((taken) => median(taken) * 1000) as [number, number, number, number];
  const worker = await workerStart(folder);
  return [
    {
      work: "spider measure --help of a spider in the store",
      ours: `${stored.toFixed(0)} ms, and ${worker.toFixed(0)} ms for its worker when it runs`,
      peers: [`one that ships with the program: ${bundled.toFixed(0)} ms`],
      bound: `${MORE} ms more, worker included`,
      reached: stored - bundled + worker <= MORE,
    },
    {
      work: "spider plugins list, with ten files and one from a URL",
      ours: `${list.toFixed(0)} ms, and ${parsed.toFixed(0)} ms where it parses the files anew`,
      peers: [],
      bound: `${LIST} ms`,
      reached: list < LIST,
    },
  ];
}

/** Puts a spider into the store from a server that is then gone; its URL. */
async function publish(source: string, env: readonly string[]): Promise<string> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(source),
  );
  const url = `http://127.0.0.1:${server.addr.port}/stored.ts`;
  await seconds([...env, ...spiderCommand(["plugins", "add", url, "--trust"])]);
  return url;
}

/** Milliseconds until a worker has loaded the stored spider. */
async function workerStart(folder: Folder): Promise<number> {
  const graph = [...Deno.readDirSync(folder.at("spider/store"))].find((one) => one.isDirectory);
  const home = folder.at(`spider/store/${graph!.name}`);
  const build = [...Deno.readDirSync(home)].find(({ name }) => name !== "sources");
  const times: number[] = [];
  for (let i = 0; i < 11; i++) {
    const begin = performance.now();
    using sandbox = startSandbox(
      `${home}/${build!.name}/`,
      { name: "stored", modules: [] },
      () => {},
    );
    await sandbox.described;
    times.push(performance.now() - begin);
  }
  return median(times.slice(1));
}
