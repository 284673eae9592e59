/** The path of the manual from nothing to a measurement, with the commands that stand there. */
import { assert, assertEquals } from "@std/assert";
import serving from "../../src/serve/serving.md" with { type: "text" };
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { ServerProcess } from "./server_process.ts";

/** The commands of each block of a shell that speaks with the server, without comments. */
const BLOCKS = [...serving.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) =>
  block!.split("\n").map((line) => line.replace(/ {2,}#.*/, "")).filter((line) => line !== "")
);

rootTest("what the manual shows leads from nothing to results", async () => {
  const [[spiders, ask, list, events, results] = [], [upload, ofList] = []] = BLOCKS;
  await using lab = await TargetLab.open();
  using folder = new Folder();
  using _state = new StateDirectory();
  const [target, other] = lab.addresses("transparent", 4, 2);
  folder.put("targets.csv", new TextEncoder().encode(`${other}\n`));
  const server = new ServerProcess(lab, folder);
  await server.listening();
  const run = async (line: string | undefined, id = "") => {
    if (!line?.startsWith("curl ")) throw new Error(`no command of curl: ${line}`);
    const told = line.replaceAll("192.0.2.1", target!).replaceAll("ID", id);
    const [program = "", ...args] = lab.exec(["sh", "-c", `cd ${folder.path} && ${told}`]);
    const { success, stdout } = await new Deno.Command(program, { args }).output();
    assert(success, told);
    return new TextDecoder().decode(stdout);
  };
  const known = JSON.parse(await run(spiders)).spiders;
  assert(known.some(({ name }: { name: string }) => name === "ecn"));
  const { id } = JSON.parse(await run(ask));
  assertEquals(JSON.parse(await run(list)).measurements[0].id, id);
  assert((await run(events, id)).includes("event: ended"));
  assertEquals(JSON.parse(await run(results, id)).dip, target);

  const uploaded = JSON.parse(await run(upload));
  assertEquals([uploaded.name, uploaded.targets], ["top", 1]);
  const second = JSON.parse(await run(ofList, uploaded.id));
  await run(events, second.id);
  assertEquals(await server.results(second.id), [other]);
  assertEquals(await server.end("SIGTERM"), 0);
});
