/** Answers that go on: they end with whoever asked for them, and with his key. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sleep } from "../../src/host/sleep.ts";
import { Database } from "../../src/serve/database/database.ts";
import { KeyStore } from "../../src/serve/keys/store.ts";
import { EventHub } from "../../src/serve/measurements/event_hub.ts";
import { until } from "../until.ts";
import { RunningServer } from "./running_server.ts";

/** A server whose measurements begin, and come to nothing until they are stopped. */
function idle(): RunningServer {
  return new RunningServer({}, { place: () => ["sleep", "600"] });
}

/** Asks for a measurement; its path. */
async function measured(running: RunningServer, key: string): Promise<string> {
  const { text } = await running.ask("/measurements", {
    ...{ method: "POST", key, json: { spider: "mss", targets: ["192.0.2.1"] } },
  });
  return `/measurements/${JSON.parse(text).id}`;
}

/** The hub of a server, once somebody listens there, and how many do. */
class WatchedHub implements Disposable {
  hub: EventHub | null = null;
  measurement = 0;
  all = 0;
  now = 0;
  readonly #listen = EventHub.prototype.listen;

  constructor() {
    const [watched, listen] = [this as WatchedHub, this.#listen];
    EventHub.prototype.listen = function (measurement, each) {
      watched.hub = this;
      watched.measurement = measurement;
      watched.all++;
      watched.now++;
      const unhear = listen.call(this, measurement, each);
      let isHearing = true;
      return () => {
        if (isHearing) watched.now--;
        isHearing = false;
        unhear();
      };
    };
  }

  [Symbol.dispose](): void {
    EventHub.prototype.listen = this.#listen;
  }
}

Deno.test("HEAD of what goes on leaves nothing behind", async () => {
  using watched = new WatchedHub();
  await using running = idle();
  const key = running.key();
  const path = await measured(running, key);
  for (let i = 0; i < 10; i++) {
    const { status, headers } = await running.ask(`${path}/events`, { method: "HEAD", key });
    assertEquals([status, headers.get("content-type")], [200, "text/event-stream"]);
  }
  assertEquals([watched.all, watched.now], [10, 0]);
});

Deno.test("events end with the key that asked for them, and with no other one", async () => {
  using watched = new WatchedHub();
  await using running = idle();
  const [admin, leaver] = [running.key({ scopes: ["admin"] }), running.key({ scopes: ["read"] })];
  const path = await measured(running, admin);
  const events = async (key: string) =>
    await fetch(`${running.url}${path}/events`, { headers: { "x-api-key": key } });
  const [stays, ends] = await Promise.all([events(admin), events(leaver)]);
  {
    using database = Database.open(running.database);
    const keys = new KeyStore(database);
    keys.revoke(keys.list()[1]!.id);
  }
  // It is asked once a second
  await sleep(1100);
  const none = { results: 0, settled: 0, unobserved: 0, drops: 0 };
  watched.hub!.note(watched.measurement, { done: 7, targets: 8, ...none });
  await assertRejects(() => ends.text());
  await until("nothing is sent to it", () => watched.now === 1);
  await running.ask(`${path}/stop`, { method: "POST", key: admin });
  assertMatch(await stays.text(), /event: progress\ndata: \{"done":7,/);
});

Deno.test("targets of a list break off with the key that asked for them", async () => {
  await using running = new RunningServer();
  const key = running.key();
  // More than is on the way at once
  const line = `${JSON.stringify({ dip: "192.0.2.1", note: "x".repeat(4000) })}\n`;
  const { text } = await running.ask("/lists?name=long", {
    ...{ method: "POST", key, body: line.repeat(6000) },
  });
  const list = JSON.parse(text);
  assertEquals(list.targets, 6000);
  const answer = await fetch(`${running.url}${list.links.targets}`, {
    headers: { "x-api-key": key },
  });
  const reader = answer.body!.getReader();
  await reader.read();
  {
    using database = Database.open(running.database);
    const keys = new KeyStore(database);
    keys.revoke(keys.list()[0]!.id);
  }
  // It is asked once a second
  await sleep(1100);
  await assertRejects(async () => {
    for (let isOver = false; !isOver;) isOver = (await reader.read()).done;
  });
});
