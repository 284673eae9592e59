/** Probes of the server end with whoever waits for them, in the one file too. */
import { assert, assertEquals } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { childrenOf, isRunning } from "../process_state.ts";
import { keyIn } from "../serve/running_server.ts";
import { ServerProcess } from "../serve/server_process.ts";
import { until } from "../until.ts";

rootTest("probes whose client is gone end at once, and leave their place to others", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const [up, silent] = ["transparent", "drop"].map((box) => lab.addresses(box, 4, 1)[0]!);
  const key = keyIn(folder.at("serve.db"));
  const server = new ServerProcess(lab, folder);
  await server.listening();
  const curl = (path: string, request: object, ...args: readonly string[]) => {
    const [program, ...words] = lab.exec([
      ...["curl", "-sSN", "-H", `X-API-Key: ${key}`, "--json", JSON.stringify(request), ...args],
      `http://127.0.0.1:8642${path}`,
    ]);
    return new Deno.Command(program, { args: words, stdout: "piped" }).spawn();
  };
  /** The status of a request that is soon answered. */
  const status = async () => {
    const request = { targets: [up], queries: 1 };
    const { stdout } = await curl("/pings", request, "-o", "/dev/null", "-w", "%{http_code}")
      .output();
    return Number(new TextDecoder().decode(stdout));
  };
  /** The processes that probe, each with its mtr-packet. */
  const probing = () => childrenOf(server.child.pid).map((pid) => [pid, ...childrenOf(pid)]);

  // They would last 50 s at least: one before its first line, the other one behind it
  const long = { queries: 100, timeout: 10 };
  const clients = [
    curl("/pings", { ...long, targets: [silent] }),
    curl("/traces", { ...long, targets: [up, silent], queries: 3 }),
  ];
  const lines = clients[1]!.stdout.getReader();
  assertEquals(JSON.parse(new TextDecoder().decode((await lines.read()).value)).dst_addr, up);
  let all: number[][] = [];
  await until("both probe", () => {
    all = probing();
    return all.length === 2 && all.every((some) => some.length > 1);
  });
  assertEquals(await status(), 503, "there is room for more");

  const gone = performance.now();
  for (const client of clients) client.kill("SIGKILL");
  await Promise.all([lines.cancel(), clients[0]!.stdout.cancel()]);
  for (const client of clients) await client.status;
  await until("they have ended", () => all.flat().every((pid) => !isRunning(pid)));
  assert(performance.now() - gone < 20_000, "they have ended by themselves");
  await until("there is room", async () => await status() === 200);
  assertEquals(await server.end("SIGTERM"), 0);
});
