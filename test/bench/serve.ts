import { Folder } from "../data/temporary.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { keyIn } from "../serve/running_server.ts";
import { ServerProcess } from "../serve/server_process.ts";
import { until } from "../until.ts";
import { denoCommand } from "./process.ts";
import { asked, type FigureRow, grouped, median } from "./row.ts";
import { load } from "./serve/load.ts";
import { linesOf } from "./serve/lines.ts";
import { EXPOSE_COLLECTOR } from "./serve/live_octets.ts";
import { BenchServer } from "./serve/server.ts";
import { size } from "./size.ts";

const REQUESTS = size(10_000, 500);
const CONNECTIONS = 50;
const ROUNDS = size(5, 1);
const MANY = size(100_000, 5000);
const TARGETS = size(10_000, 300);
const LISTENERS = size(200, 10);
const QUEUED = size(1000, 30);
const RUNS = size(96, 8);
/** The required share of a server that does nothing: 5,000/s of 87,000/s here. */
const SHARE = 0.058;
const MB = 2 ** 20;
/**
 * What may live more at the end of a row than early on. Of requests it is ten octets for each of a full
 * bench: two such counts differ by 0.5 MB, and an id of 36 letters kept for each request is 17 MB.
 */
const LEAK = 2 * MB;

/** What `spider serve` answers, tells, keeps, and takes. */
export async function serveRows(): Promise<FigureRow[]> {
  return [await requestsRow(), await listenersRow(), await queueRow(), await dayRow()];
}

/** Small answers with a key, beside those of a server that does nothing; and memory over many of them. */
async function requestsRow(): Promise<FigureRow> {
  using folder = new Folder();
  const rate = "{ per_second: 1000000, burst: 1000000 }";
  const config = folder.put(
    "serve.yaml",
    new TextEncoder().encode(
      `database: serve.db\nlisten: { port: 0 }\naccess: { rate_per_key: ${rate}, rate_per_address: ${rate} }\n`,
    ),
  );
  const key = keyIn(folder.at("serve.db"), { scopes: ["read"] });
  const server = await BenchServer.start(
    denoCommand("serve/serve_main.ts", [config], [EXPOSE_COLLECTOR]),
  );
  await using _server = server;
  const headers = { "x-api-key": key };
  const text = await (await fetch(`${server.url}/status`, { headers })).text();
  await using bare = await BenchServer.start(denoCommand("serve/bare_server_main.ts", [text]));
  const ask = (url: string, requests = REQUESTS) =>
    load({ url: `${url}/status`, requests, connections: CONNECTIONS, headers }, folder.path);
  // One round that does not count
  await ask(server.url);
  await ask(bare.url);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push([await ask(server.url), await ask(bare.url)] as const);
  }
  // What is made once, such as compiled code, is there after half of them
  for (let batch = 0; batch < 2; batch++) await ask(server.url, MANY);
  const before = await server.live();
  for (let batch = 0; batch < 2; batch++) await ask(server.url, MANY);
  const grown = await server.live() - before;
  const ours = median(rounds.map(([{ rate }]) => rate));
  const p99 = median(rounds.map(([{ p99 }]) => p99));
  const share = median(rounds.map(([ours, bare]) => ours.rate / bare.rate));
  const failed = rounds.reduce((sum, [{ failed }]) => sum + failed, 0);
  return {
    work:
      `serve: ${
        grouped(REQUESTS)
      } GETs of /status with a key, ${CONNECTIONS} connections (h2load); ` +
      `memory over ${grouped(4 * MANY)} more`,
    ours:
      `${grouped(ours)}/s, ${share.toFixed(2)} of the bare loop, 99 % within ${
        p99.toFixed(1)
      } ms, ` +
      `${failed} failed; ${(before / MB).toFixed(1)} MB live after half of them, then ${
        (grown / MB).toFixed(1)
      } MB more; ${(server.peak / MB).toFixed(0)} MB resident at most`,
    peers: [`a server that does nothing: ${grouped(median(rounds.map(([, { rate }]) => rate)))}/s`],
    bound: `${SHARE} of the bare loop, 99 % within 20 ms, ${LEAK / MB} MB more live at most (` +
      `${asked("5,000/s", ours >= 5000)})`,
    reached: share >= SHARE && p99 <= 20 && failed === 0 && grown <= LEAK,
  };
}

/** How long a measurement took, and how many heard of its end. */
interface Listened {
  readonly seconds: number;
  readonly heard: number;
}

/** A measurement to which many listen, and one to which nobody does. */
async function listenersRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const config = folder.put("serve.yaml", new TextEncoder().encode("measure: { turn: 3600 }\n"));
  const server = new ServerProcess(lab, folder, ["--config", config]);
  await server.listening();
  const targets = lab.addresses("transparent", 4, TARGETS);
  const once = async (listeners: number): Promise<Listened> => {
    // The measurement waits behind another one until all clients have come
    const other = await server.post({ spider: "mss", targets, rate: 1 });
    const id = await server.post({ spider: "ecn", targets, workers: 100 });
    const clients = await BenchClients.listening(
      lab,
      `http://127.0.0.1:8642/measurements/${id}/events`,
      listeners,
    );
    await server.ask(`/measurements/${other}/stop`, "-X", "POST");
    // One who waits for the end in any case
    await server.ask(`/measurements/${id}/events`);
    const { started, ended } = JSON.parse(await server.ask(`/measurements/${id}`));
    return {
      seconds: (Date.parse(ended) - Date.parse(started)) / 1000,
      heard: await clients.heard,
    };
  };
  await once(0);
  const rounds: (readonly [Listened, Listened])[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push([await once(0), await once(LISTENERS)] as const);
  }
  await server.end("SIGTERM");
  const slower = median(rounds.map(([alone, heard]) => heard.seconds / alone.seconds));
  const deaf = rounds.reduce((sum, [, { heard }]) => sum + LISTENERS - heard, 0);
  const of = (which: 0 | 1) => median(rounds.map((round) => round[which].seconds)).toFixed(1);
  return {
    work: `serve: ecn over tcp, ${grouped(TARGETS)} targets, ${LISTENERS} clients at its events`,
    ours: `${of(1)} s, ${slower.toFixed(2)} times that without, ${deaf} did not hear of the end`,
    peers: [`without them: ${of(0)} s`],
    bound: "1.1 times that without, all hear of the end",
    reached: slower <= 1.1 && deaf === 0,
  };
}

/** Clients in a process of their own. */
class BenchClients {
  /** How many heard of the end. */
  readonly heard: Promise<number>;

  private constructor(lines: AsyncIterator<string>) {
    this.heard = lines.next().then(({ value }) => Number(value));
  }

  /** Starts them, and waits until all listen. */
  static async listening(lab: TargetLab, url: string, count: number): Promise<BenchClients> {
    const [program = "", ...args] = lab.exec(
      denoCommand("serve/listeners_main.ts", [url, String(count)]),
    );
    const { stdout } = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(stdout);
    await lines.next();
    return new BenchClients(lines);
  }
}

/** Many measurements that wait, and a server that is killed while it makes them. */
async function queueRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const targets = lab.addresses("transparent", 4, 3);
  let server = new ServerProcess(lab, folder);
  await server.listening();
  const began = performance.now();
  const ids = await postMany(lab, { spider: "mss", targets }, QUEUED);
  const posted = (performance.now() - began) / 1000;
  const states = async () => {
    const { measurements } = JSON.parse(await server.ask("/measurements?limit=1000"));
    return new Map<string, string>(
      measurements.map(({ id, state }: Record<string, string>) => [id, state]),
    );
  };
  const completed = async () =>
    [...await states()].flatMap(([id, state]) => state === "completed" ? [id] : []);
  await until("some have ended", async () => (await completed()).length >= 5);
  await server.end("SIGKILL");
  server = new ServerProcess(lab, folder);
  await server.listening();
  const after = await completed();
  await until("more have ended", async () => (await completed()).length >= after.length + 5);
  const all = await states();
  let wrong = 0;
  for (const id of await completed()) {
    const found = await server.results(id);
    if (found.sort().join() !== [...targets].sort().join()) wrong++;
  }
  await server.end("SIGTERM");
  const lost = ids.filter((id) => !all.has(id)).length;
  return {
    work: `serve: ${
      grouped(QUEUED)
    } measurements wait, and the server is killed (kill -9) while it makes them`,
    ours:
      `${lost} lost, ${wrong} of those that ended with results that are not each target's, once; ` +
      `asked for in ${posted.toFixed(1)} s`,
    peers: [],
    bound: "nothing lost, nothing done twice",
    reached: lost === 0 && wrong === 0,
  };
}

/** Asks for a measurement many times, from the namespace of the lab's client; their ids. */
async function postMany(lab: TargetLab, body: object, count: number): Promise<string[]> {
  const [program = "", ...args] = lab.exec(
    denoCommand("serve/post_main.ts", [JSON.stringify(body), String(count)]),
  );
  const { stdout, success } = await new Deno.Command(program, { args, stderr: "inherit" }).output();
  if (!success) throw new Error("not all could be asked for");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** A day's schedule, on a clock that takes no time to wait. */
async function dayRow(): Promise<FigureRow> {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  const server = await BenchServer.start(
    lab.exec(denoCommand("serve/day_main.ts", [folder.path], [EXPOSE_COLLECTOR])),
  );
  await using _server = server;
  const began = performance.now();
  const ask = async (path: string, body?: object): Promise<string> => {
    const [program = "", ...args] = lab.exec([
      ...["curl", "-sS", `${server.url}${path}`],
      ...(body === undefined ? [] : ["--json", JSON.stringify(body)]),
    ]);
    const { stdout } = await new Deno.Command(program, { args }).output();
    return new TextDecoder().decode(stdout);
  };
  const targets = lab.addresses("transparent", 4, 3);
  const stop = new Date(Date.parse("2026-11-30T12:00:00Z") + (RUNS - 0.5) * 900_000).toISOString();
  const { id } = JSON.parse(
    await ask("/measurements", { spider: "mss", targets, schedule: { interval: 900, stop } }),
  );
  const results = async () => (await ask(`/measurements/${id}/results`)).split("\n").length - 1;
  await until("a tenth is made", async () => await results() >= 3 * Math.ceil(RUNS / 10));
  const before = await server.live();
  await ask(`/measurements/${id}/events`);
  const grown = await server.live() - before;
  const found = await results();
  return {
    work: `serve: a day's schedule, ${RUNS} runs, on a clock that takes no time to wait`,
    ours:
      `${found} results of ${3 * RUNS} in ${((performance.now() - began) / 1000).toFixed(0)} s, ` +
      `${(grown / MB).toFixed(1)} MB more live from a tenth of it to its end`,
    peers: [],
    bound: `every result once, ${LEAK / MB} MB more live at most`,
    reached: found === 3 * RUNS && grown <= LEAK,
  };
}
