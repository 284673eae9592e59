import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../src/host/run.ts";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { inProcess } from "../in_process.ts";
import { labNameHere } from "../lab/live.ts";
import { rootTest } from "../lab/root.ts";
import { LISTENS, shellService } from "../lab/service/shell_service.ts";
import { outcome, spider, start } from "../spider.ts";
import { until } from "../until.ts";

const TEXT = `
hosts: { client: , server: { serves: [10.20.0.0/16] } }
routers: { edge: { middleboxes: [ecn-clear] } }
links: [[client, edge], [edge, server]]
`;

function namespaces(name: string): string[] {
  return run("ip", ["netns", "list"]).split("\n").filter((line) => line.includes(`-${name}.`));
}

rootTest("a lab in the background: up, list, exec, down", async () => {
  using _state = new StateDirectory();
  const name = labNameHere();
  using folder = new Folder();
  const file = folder.put(`${name}.yaml`, new TextEncoder().encode(TEXT));
  const up = await spider(["lab", "up", "-d", file]);
  assertEquals([up.code, up.err], [0, `The lab ${name} is up: spider lab down ${name} ends it.\n`]);
  assertMatch(
    up.out,
    /^NAME +ADDRESSES +SERVES AND RUNS, OR ITS MIDDLEBOXES\nclient +100\.64\.0\.1 /,
  );
  const { out } = await inProcess(["lab", "list", "--json"]);
  const [lab] = JSON.parse(out);
  assertEquals(lab.name, name);
  assertEquals(lab.nodes.map((node: { name: string }) => node.name), ["client", "server", "edge"]);

  const again = await spider(["lab", "up", "-d", file]);
  assertEquals(again.code, 1);
  assertMatch(again.err, /^spider: there is a network namespace .* already/);

  // What follows the host is another command line, with options of its own
  const shown = await spider(["lab", "exec", "client", "ip", "-o", "-4", "addr", "show", "eth0"]);
  assertMatch(shown.out, /100\.64\.0\.1\/29/);
  assertEquals((await spider(["lab", "exec", "-l", name, "edge", "sh", "-c", "exit 7"])).code, 7);
  const nobody = await spider(["lab", "exec", "nobody", "true"]);
  assertEquals(
    [nobody.code, nobody.err],
    [1, `spider: the lab ${name} has no host or router nobody: there is client, server, edge\n`],
  );
  const script = await spider(["lab", "shell", "server"], { input: "ip -o -4 addr show eth0\n" });
  assertMatch(script.out, /100\.64\.0\.10/);

  const down = await spider(["lab", "down"]);
  assertEquals([down.code, down.err], [0, `The lab ${name} is gone.\n`]);
  assertEquals(namespaces(name), []);
  assertEquals((await inProcess(["lab", "list"])).out, "No lab runs here.\n");
  assertEquals((await inProcess(["lab", "down", "--all"])).err, "No lab runs here.\n");
  const none = await inProcess(["lab", "down"]);
  assertEquals([none.code, none.err], [
    1,
    "spider: no lab runs here: begin one with spider lab up FILE.yaml\n",
  ]);
});

rootTest("what a lab in the background says at its end, its down says", async () => {
  using _state = new StateDirectory();
  const name = labNameHere();
  using folder = new Folder();
  const service = shellService(folder, "hasty", `trap "exit 3" TERM; ${LISTENS} & wait`);
  const file = folder.put(
    `${name}.yaml`,
    new TextEncoder().encode(
      `hosts: { client: , server: { services: [${service}] } }\nlinks: [[client, server]]\n`,
    ),
  );
  for (const _ of ["once", "and once more"]) {
    const up = await spider(["lab", "up", "-d", file]);
    assertEquals(up.code, 0, up.err);
    const { code, err } = await spider(["lab", "down"]);
    assertEquals([code, err], [
      0,
      `The service hasty ended with 3; its log is empty.\nThe lab ${name} is gone.\n`,
    ]);
  }
});

rootTest("Ctrl-C ends a lab that is still on its way", async () => {
  using _state = new StateDirectory();
  using folder = new Folder();
  // It listens nowhere, so the lab waits for it until it is told to end
  const service = shellService(folder, "silent", "exec sleep 100");
  const text =
    `hosts: { client: , server: { services: [${service}] } }\nlinks: [[client, server]]\n`;
  for (const detach of [[], ["-d"]]) {
    const name = labNameHere();
    const child = start(["lab", "up", ...detach, "--name", name, "-"]);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    await until("the lab is on its way", () => namespaces(name).length > 0);
    child.kill("SIGINT");
    const { code, err } = await outcome(child);
    assertEquals(code, 130, err);
    await until("nothing is left of it", () => namespaces(name).length === 0);
  }
});

rootTest("Ctrl-C ends a lab in the foreground", async () => {
  using _state = new StateDirectory();
  const name = labNameHere();
  const child = start(["lab", "up", "--name", name, "-"]);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(TEXT));
  await writer.close();
  const said = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertStringIncludes((await said.read()).value ?? "", "NAME");
  child.kill("SIGINT");
  await said.cancel();
  const err = await new Response(child.stderr).text();
  assertEquals((await child.status).code, 130, err);
  await until("nothing is left of it", () => namespaces(name).length === 0);
});

rootTest("a signal to lab exec reaches the command", async () => {
  using _state = new StateDirectory();
  const name = labNameHere();
  using folder = new Folder();
  const file = folder.put("a.yaml", new TextEncoder().encode(TEXT));
  assertEquals(
    (await spider(["lab", "up", "-d", "--name", name, file])).code,
    0,
  );
  const line = [
    "sh",
    "-c",
    "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.05; done",
  ];
  const child = start(["lab", "exec", "client", ...line]);
  await child.stdin.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "ready\n");
  child.kill("SIGTERM");
  assertEquals((await reader.read()).value, "caught\n");
  assertEquals((await child.status).code, 9);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  assertEquals((await inProcess(["lab", "down", name])).code, 0);
});

rootTest("lab clean removes what a killed lab has left", async () => {
  using _state = new StateDirectory();
  assertEquals((await inProcess(["lab", "clean"])).out, "Nothing was left behind.\n");
  const name = labNameHere();
  const child = start(["lab", "up", "--name", name, "-"]);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(TEXT));
  await writer.close();
  await until("the lab is up", () => namespaces(name).length === 3);
  child.kill("SIGKILL");
  await outcome(child);
  const { code, out } = await inProcess(["lab", "clean"]);
  assertEquals(code, 0);
  assertStringIncludes(out, `Removed the network namespace spider-${name}.client, which process`);
  assertEquals(namespaces(name), []);
});

Deno.test("a file that is wrong is refused with all its faults, and nothing is built", async () => {
  for (const command of ["up", "graph", "export"]) {
    const { code, out, err } = await inProcess(["lab", command, "-"], {
      input: "hosts: { a: }\nlinks: [[a, b]]\nlink: 3\n",
    });
    assertEquals([code, out], [1, ""]);
    assertEquals(err, "spider: standard input:3:1: unknown key link; did you mean links?\n");
  }
  const missing = await inProcess(["lab", "up", "no-such.yaml"]);
  assertEquals([missing.code, missing.err], [
    1,
    "spider: cannot read no-such.yaml: there is no such file or folder\n",
  ]);
  const named = await inProcess(["lab", "up", "--name", "A b", "-"], { input: TEXT });
  assertEquals([named.code, named.err], [
    2,
    'spider: --name must be lower case letters, digits and dashes, not "A b"\n',
  ]);
  const several = await inProcess(["lab", "down", "--all", "x"]);
  assertEquals([several.code, several.err], [
    2,
    "spider: --all ends every lab: leave the name out, or --all\n",
  ]);
});

Deno.test("a lab is drawn and exported without being built", async () => {
  const svg = await inProcess(["lab", "graph", "-"], { input: TEXT });
  assertMatch(svg.out, /^<svg /);
  const script = await inProcess(["lab", "export", "-"], { input: TEXT });
  assertMatch(script.out, /^#!\/bin\/sh\n/);
  const compose = await inProcess(["lab", "export", "-", "--format", "compose"], { input: TEXT });
  assertMatch(compose.out, /^name: lab$/m);
  assert(!compose.out.includes("It is without"));
});
