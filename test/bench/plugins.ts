import { Folder } from "../data/temporary.ts";
import { denoCommand, inTurn, output, seconds, spiderCommand } from "./process.ts";
import { asked, type FigureRow, median } from "./row.ts";
import { size } from "./size.ts";

const ROUNDS = size(40, 2);
/** Milliseconds that a stored plugin was to take at most more than one that ships with the program. */
const MORE = 10;
/** The same as a multiple of the bare worker's. */
const MORE_TIMES = 1.2;
/** Milliseconds that `spider plugins list` was to take at most. */
const LIST = 100;
/** The same as a multiple of Deno doing nothing. */
const LIST_TIMES = 5;

/** What plugins cost: a list of them, and one from a URL beside one that ships with the program. */
export async function pluginRows(): Promise<FigureRow[]> {
  using folder = new Folder();
  const env = ["env", `XDG_CONFIG_HOME=${folder.path}`, `XDG_DATA_HOME=${folder.path}`];
  const code = await Deno.readTextFile(new URL("../../plugins/spiders/ecn.ts", import.meta.url));
  // Conditions of a stored plugin are in its own name
  const source = code.replace('name: "ecn"', 'name: "stored"')
    .replaceAll(/(["`])ecn\./g, "$1stored.")
    .replace('names: ["ecn"]', 'names: ["stored"]');
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
    deno: [Deno.execPath(), "eval", "0"],
  }, ROUNDS);
  const of = (name: keyof typeof times) => median(times[name]) * 1000;
  const [bundled, stored, list, parsed, deno] = [
    of("bundled"),
    of("stored"),
    of("list"),
    of("parsed"),
    of("deno"),
  ];
  const { worker, bare } = await workerStarts(folder);
  const more = stored - bundled + worker;
  return [
    {
      work: "spider measure --help of a spider in the store",
      ours: `${stored.toFixed(0)} ms, and ${worker.toFixed(1)} ms for its worker when it runs: ${
        (more / bare).toFixed(2)
      } times a bare worker more`,
      peers: [
        `one that ships with the program: ${bundled.toFixed(0)} ms`,
        `a worker without permissions that says one word, the first of its process: ${
          bare.toFixed(1)
        } ms`,
      ],
      bound: `${MORE_TIMES} times a bare worker more, its own worker included (${
        asked(`${MORE} ms`, more <= MORE)
      })`,
      reached: more <= MORE_TIMES * bare,
    },
    {
      work: "spider plugins list, with ten files and one from a URL",
      ours: `${list.toFixed(0)} ms, ${(list / deno).toFixed(1)} times Deno doing nothing, and ${
        parsed.toFixed(0)
      } ms where it parses the files anew`,
      peers: [`deno eval 0: ${deno.toFixed(0)} ms`],
      bound: `${LIST_TIMES} times (${asked(`${LIST} ms`, list < LIST)})`,
      reached: list <= LIST_TIMES * deno,
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

/**
 * Milliseconds until a worker has loaded the stored spider, and until a bare one has answered, each the
 * first worker of a process.
 */
async function workerStarts(folder: Folder): Promise<Record<"worker" | "bare", number>> {
  const graph = [...Deno.readDirSync(folder.at("spider/store"))].find((one) => one.isDirectory);
  const home = folder.at(`spider/store/${graph!.name}`);
  const build = [...Deno.readDirSync(home)].find(({ name }) => name !== "sources");
  const times = { worker: [] as number[], bare: [] as number[] };
  const start = async (...args: string[]) =>
    Number(await output(denoCommand("worker_main.ts", args)));
  for (let round = 0; round < ROUNDS; round++) {
    times.worker.push(await start(`${home}/${build!.name}/`));
    times.bare.push(await start());
  }
  return { worker: median(times.worker), bare: median(times.bare) };
}
