import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Failure } from "../../../src/host/failure.ts";
import { journaled } from "../../../src/host/restore.ts";
import { run } from "../../../src/host/run.ts";
import { endLab } from "../../../src/lab/live/end.ts";
import { LiveLab } from "../../../src/lab/live/live_lab.ts";
import { nodeOf, runningLab, runningLabs } from "../../../src/lab/live/note.ts";
import { StateDirectory } from "../../host/state_directory.ts";
import { start } from "../../spider.ts";
import { labNameHere, planned, TestLab } from "../live.ts";
import { probe, replies } from "../mtr.ts";
import { rootTest } from "../root.ts";

const SMALL = `
hosts: { a: , b: { serves: [10.20.0.0/24] } }
routers: { r: { middleboxes: [transparent] } }
links: [[a, r], [r, b]]
`;

/** The namespaces of a lab that are there. */
function namespaces(name: string): string[] {
  return run("ip", ["netns", "list"]).split("\n").filter((line) =>
    line.startsWith(`spider-${name}.`)
  );
}

const quiet = { restored: () => {}, fault: () => {} };

rootTest("a lab is noted while it is there, and nothing of it is left", async () => {
  using state = new StateDirectory();
  const name = labNameHere();
  {
    await using lab = await TestLab.open(SMALL, name);
    assertEquals(namespaces(name).length, 3);
    const noted = runningLab(name);
    assertEquals([noted.pid, noted.isNear], [Deno.pid, true]);
    assertEquals(nodeOf(noted, "b").serves, ["10.20.0.0/24"]);
    assertEquals(nodeOf(noted, "r").middleboxes, ["transparent"]);
    assertThrows(() => nodeOf(noted, "c"), Failure, "there is a, b, r");
    assertThrows(() => runningLab("other"), Failure, `no lab other runs here: there is ${name}`);
    assertThrows(() => lab.lab.node("c"), RangeError);
  }
  assertEquals(namespaces(name), []);
  assertEquals(state.journals(), []);
  assertThrows(() => runningLab(undefined), Failure, "no lab runs here");
});

rootTest("a name is taken once, and what stands there stays", async () => {
  const name = labNameHere();
  await using _ = await TestLab.open(SMALL, name);
  const error = await assertRejects(() => TestLab.open(SMALL, name), Failure);
  assertMatch((error as Failure).message, /already: end the lab .* with spider lab down/);
  assertEquals(namespaces(name).length, 3);
});

rootTest("a lab that cannot be built leaves nothing, and names the command", async () => {
  const name = labNameHere();
  const wrong = SMALL.replace("{ serves:", "{ sysctls: { net.ipv4.no_such: 1 }, serves:");
  const error = await assertRejects(() => TestLab.open(wrong, name), Failure);
  assertMatch((error as Failure).message, /no_such/);
  assertEquals(namespaces(name), []);
});

/** A process that holds the small lab, which is up. */
async function held(name: string) {
  const child = start(["lab", "up", "-", "--name", name, "--json"]);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SMALL));
  await writer.close();
  const reader = child.stdout.getReader();
  await reader.read();
  return { child, reader };
}

rootTest("what a killed lab has left, the next one removes", async () => {
  using state = new StateDirectory();
  const name = labNameHere();
  const { child, reader } = await held(name);
  child.kill("SIGKILL");
  await child.status;
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  assertEquals(namespaces(name).length, 3);
  assertEquals(runningLabs(), []);
  const restored: string[] = [];
  const plan = await planned(SMALL, labNameHere());
  const next = LiveLab.open(plan, { ...quiet, restored: (sentence) => restored.push(sentence) });
  await next.close();
  assertEquals(namespaces(name), []);
  assertEquals(restored.length, 4);
  assertEquals(state.journals(), []);
});

rootTest("a lab ends when its process is told to, and what runs in it ends too", async () => {
  using _state = new StateDirectory();
  const name = labNameHere();
  const { child, reader } = await held(name);
  const sleeper = new Deno.Command("ip", {
    args: ["netns", "exec", `spider-${name}.a`, "sleep", "1000"],
  }).spawn();
  await endLab(runningLab(name));
  assertEquals(namespaces(name), []);
  assertEquals(journaled(), []);
  assertEquals((await sleeper.status).signal, "SIGKILL");
  assertEquals((await child.status).code, 130);
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
});

rootTest(
  "twenty labs stand side by side with the same addresses, and none sees another",
  async () => {
    const labs = await Promise.all(
      Array.from(
        { length: 20 },
        (_, at) =>
          TestLab.open(SMALL.replace("transparent", at % 2 === 0 ? "transparent" : "drop")),
      ),
    );
    try {
      const answers = await Promise.all(labs.map((lab) => probe(lab, "a", ["ip-4 10.20.0.9"], 5)));
      assertEquals(answers.map(replies), labs.map((_, at) => 1 - at % 2));
    } finally {
      for (const lab of labs) await lab[Symbol.asyncDispose]();
    }
    assert(labs.every(({ lab }) => namespaces(lab.plan.name).length === 0));
  },
);
