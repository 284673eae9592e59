import { assert, assertEquals } from "@std/assert";
import { Folder } from "../../data/temporary.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { spider, start } from "../../spider.ts";
import { labNameHere } from "../live.ts";
import { lighttpdRoot } from "../environment/root_file_system.ts";
import { rootTest } from "../root.ts";

const text = (name: string) =>
  `name: ${name}
tests:
  - name: t
    services:
      web: { implementation: nginx, protocol: { name: http, version: "1.1" } }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [transparent, "option-echo:8", ecn-drop-syn] }
    execution_environment: strace
    collect_artifacts: all
`;

/** Waits until a run has written that a test is in a state. */
async function reaches(folder: string, state: string): Promise<void> {
  const isThere = () => {
    for (const { name } of Deno.readDirSync(folder)) {
      const file = `${folder}/${name}/events.ndjson`;
      try {
        if (Deno.readTextFileSync(file).includes(`"state":"${state}"`)) return true;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return false;
  };
  using watcher = Deno.watchFs(folder);
  if (isThere()) return;
  for await (const _ of watcher) {
    if (isThere()) return;
  }
}

/** Lines of a listing of this machine that have a name in them. */
async function linesWith(name: string, program: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(name));
}

/** Namespaces and processes of an experiment. */
async function leftOf(name: string, folder: string): Promise<string[]> {
  return [
    ...await linesWith(name, "ip", "netns", "list"),
    ...await linesWith(folder, "ps", "-eo", "pid,args"),
  ];
}

/** Runs an experiment, kills it in a state, and asserts that the next start leaves nothing of it. */
async function assertGone(
  folder: Folder,
  name: string,
  text: string,
  state: string,
): Promise<void> {
  using _state = new StateDirectory();
  const file = folder.put("x.yaml", new TextEncoder().encode(text));
  const results = folder.at("results");
  Deno.mkdirSync(results);
  const child = start(["experiment", "run", "-o", results, file]);
  child.stdin.close();
  const streams = Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  await reaches(results, state);
  child.kill("SIGKILL");
  await child.status;
  await streams;
  const { code, err } = await spider(["doctor", "--restore"]);
  assert(code === 0 || code === 1, err);
  assertEquals(await leftOf(name, folder.path), []);
  const [run] = [...Deno.readDirSync(results)];
  assert(run !== undefined, "what it had seen is kept");
}

for (const state of ["setting_up", "deploying", "executing", "collecting", "tearing_down"]) {
  rootTest(`killed while ${state}, an experiment leaves nothing after the next start`, async () => {
    using folder = new Folder();
    const name = labNameHere();
    await assertGone(folder, name, text(name), state);
  });
}

rootTest("killed, an experiment in containers leaves none after the next start", async () => {
  using folder = new Folder();
  const name = labNameHere();
  const experiment = `name: ${name}
tests:
  - name: t
    network_environment: podman
    services:
      web:
        implementation: lighttpd
        image: ${lighttpdRoot(folder)}
        protocol: { name: http, version: "1.1" }
      ecn: { implementation: ecn, protocol: { name: http, target: web } }
    matrix: { middlebox: [ecn-drop-syn] }
`;
  await assertGone(folder, name, experiment, "executing");
  assertEquals(await linesWith(name, "podman", "ps", "--all"), []);
});

rootTest(
  "an experiment that is interrupted takes everything down, and reports what it has",
  async () => {
    using _state = new StateDirectory();
    using folder = new Folder();
    const name = labNameHere();
    const file = folder.put("x.yaml", new TextEncoder().encode(text(name)));
    const results = folder.at("results");
    Deno.mkdirSync(results);
    const child = start(["experiment", "run", "--json", "-o", results, file]);
    child.stdin.close();
    const ended = child.output();
    await reaches(results, "executing");
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    assertEquals(code, 130);
    assertEquals(await leftOf(name, folder.path), []);
    const { interrupted, tests } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(interrupted, true);
    assertEquals(new Set(tests.map(({ state }: { state: string }) => state)), new Set(["error"]));
  },
);
