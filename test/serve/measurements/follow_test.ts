/** What those who follow a measurement to its end go by. */
import { assert, assertEquals } from "@std/assert";
import { StateDirectory } from "../../host/state_directory.ts";
import { rootTest } from "../../lab/root.ts";
import { TargetLab } from "../../lab/target_lab.ts";
import { serverIn } from "../lab_server.ts";
import { RunningServer } from "../running_server.ts";

Deno.test("one that is stopped twice is there still, unlike one that is deleted twice", async () => {
  await using running = new RunningServer();
  const [alice, bob] = [running.key(), running.key()];
  const reader = running.key({ scopes: ["read"] });
  const asked = await running.ask("/measurements", {
    ...{ method: "POST", key: alice },
    json: {
      ...{ spider: "mss", targets: ["192.0.2.1"] },
      schedule: { start: "2999-01-01T00:00:00Z" },
    },
  });
  const { id } = JSON.parse(asked.text);
  const stop = async (key: string) => {
    const { status, text } = await running.ask(`/measurements/${id}/stop`, { method: "POST", key });
    return [status, JSON.parse(text).state];
  };
  assertEquals(await stop(bob), [404, undefined]);
  // Who may read sees it, and may not end it
  assertEquals(await stop(reader), [403, undefined]);
  const page = async () =>
    (await running.ask(`/measurements/${id}/results?limit=1`, { key: alice })).headers.get("link");
  // There will be more
  assertEquals(await page(), `</measurements/${id}/results?limit=1&after=0>; rel="next"`);
  assertEquals(await stop(alice), [202, "stopped"]);
  assertEquals(await stop(alice), [202, "stopped"]);
  assertEquals(await page(), null);
});

rootTest("progress says how many results are final, and what was not observed", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using running = serverIn(lab, { measure: { turn: 0.1 } });
  const targets = lab.addresses("transparent", 4, 600);
  const { text } = await running.ask("/measurements", {
    ...{ method: "POST", json: { spider: "mss", targets, rate: 1000 } },
  });
  const { id } = JSON.parse(text);
  const events = (await running.ask(`/measurements/${id}/events`)).text;
  const told = [...events.matchAll(/event: progress\ndata: (.*)/g)].map(([, data]) =>
    JSON.parse(data!)
  );
  assert(told.length > 2, events);
  for (const { settled, results, unobserved, drops } of told) {
    assert(settled <= results, JSON.stringify(told));
    assertEquals([unobserved, drops], [0, 0]);
  }
  const settled = told.map((one) => one.settled);
  assertEquals(settled[0], 0);
  assert(settled.some((count) => count >= 500), `${settled}`);
  assertEquals(settled, settled.toSorted((a, b) => a - b));
});

Deno.test("a spider is told as a command line takes it", async () => {
  await using running = new RunningServer();
  const { flags, arms, options } = JSON.parse((await running.ask("/spiders/dscp")).text);
  assertEquals([flags.codepoint.type, flags.codepoint.maximum], ["integer", 63]);
  assertEquals(Object.keys(options.properties), Object.keys(flags));
  assert(arms.length >= 2, String(arms));
});
