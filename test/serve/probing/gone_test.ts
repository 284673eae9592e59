/** Probes end with whoever waits for them. */
import { assertArrayIncludes, assertEquals, assertMatch } from "@std/assert";
import { END_WITH_PARENT } from "../../../src/host/helper_process.ts";
import { Database } from "../../../src/serve/database/database.ts";
import { KeyStore } from "../../../src/serve/keys/store.ts";
import { Folder } from "../../data/temporary.ts";
import { inProcess } from "../../in_process.ts";
import { isRunning } from "../../process_state.ts";
import { outcome, start } from "../../spider.ts";
import { until } from "../../until.ts";
import { RunningServer } from "../running_server.ts";

/** Says a line, or none, and then nothing more. */
const process = (said: string, pid: string) => [
  ...["sh", "-c", `${said}; echo $$ >> ${pid}; exec sleep 600`],
];
const ping = (queries = 1) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ targets: ["127.0.0.1"], queries }),
});

Deno.test("probes end when their client is gone, before the first line and behind it", async () => {
  for (const said of [":", "echo line"]) {
    using folder = new Folder();
    await using running = new RunningServer({}, { place: () => process(said, folder.at("pid")) });
    const client = new AbortController();
    const asked = fetch(`${running.url}/pings`, { ...ping(), signal: client.signal });
    const broken = asked.then((answer) => answer.text()).then(() => false, () => true);
    await until("it probes", () => folder.has("pid") && folder.text("pid").includes("\n"));
    if (said !== ":") await asked;
    client.abort();
    assertEquals(await broken, true);
    const pid = Number(folder.text("pid"));
    await until("its process has ended", () => !isRunning(pid));
  }
});

Deno.test("probes end when their key is revoked", async () => {
  using folder = new Folder();
  const pid = folder.at("pid");
  const said = `echo $$ >> ${pid}; while sleep 0.1; do echo line; done`;
  await using running = new RunningServer({}, { place: () => ["sh", "-c", said] });
  const key = running.key();
  const { headers, ...rest } = ping();
  const answer = await fetch(`${running.url}/pings`, {
    ...{ ...rest, headers: { ...headers, "x-api-key": key } },
  });
  const broken = answer.text().then(() => false, () => true);
  {
    using database = Database.open(running.database);
    const keys = new KeyStore(database);
    keys.revoke(keys.list()[0]!.id);
  }
  assertEquals(await broken, true);
  await until("its process has ended", () => !isRunning(Number(folder.text("pid"))));
});

Deno.test("an answer breaks off where its probes could not go on, and not for a target that cannot be probed", async () => {
  const ends = [
    ["echo line; exit 1", 0],
    ["echo line; echo 'spider: the interface is gone' >&2; exit 1", 1],
    ["echo line; kill -9 $$", 1],
  ] as const;
  for (const [said, status] of ends) {
    await using running = new RunningServer({}, { place: () => ["sh", "-c", said] });
    const { code, out, err } = await inProcess(["remote", running.url, "ping", "192.0.2.1"]);
    assertEquals([code, out], [status, "line\n"], `${said}: ${err}`);
    if (status === 0) assertEquals(err, "");
    else assertMatch(err, /^spider: the connection to 127\.0\.0\.1:\d+ broke /);
  }
});

Deno.test("one key leaves room for the probes of others", async () => {
  using folder = new Folder();
  await using running = new RunningServer({}, { place: () => process(":", folder.at("pid")) });
  const [one, other] = [running.key(), running.key()];
  const client = new AbortController();
  const ask = (key: string) => {
    const { headers, ...rest } = ping();
    return fetch(`${running.url}/pings`, {
      ...{ ...rest, headers: { ...headers, "x-api-key": key }, signal: client.signal },
    });
  };
  const broken: Promise<unknown>[] = [];
  const begin = async (key: string) => {
    broken.push(ask(key).catch(() => {}));
    const all = broken.length;
    await until(
      "it probes",
      () => folder.has("pid") && folder.text("pid").split("\n").length > all,
    );
  };
  const refused = async (key: string) => {
    const answer = await ask(key);
    assertEquals(answer.status, 503);
    return (await answer.json()).detail;
  };
  await begin(one);
  await begin(one);
  assertMatch(await refused(one), /^2 requests of this key /);
  await begin(other);
  await begin(other);
  assertMatch(await refused(running.key()), /^4 requests are /);
  client.abort();
  await Promise.all(broken);
});

Deno.test("probes end with their server, also where that is killed", async () => {
  using folder = new Folder();
  const commands: (readonly string[])[] = [];
  {
    const place = (command: readonly string[]) => {
      commands.push(command);
      return ["false"];
    };
    await using running = new RunningServer({}, { place });
    assertEquals((await running.ask("/pings", ping())).status, 422);
  }
  assertArrayIncludes(commands[0]!, [END_WITH_PARENT, "ping"]);
  // Any command that lasts, whose parent is ended
  const config = folder.put(
    "serve.yaml",
    new TextEncoder().encode("listen: { port: 0 }\ndatabase: serve.db\npidfile: pid\n"),
  );
  const parent = start([END_WITH_PARENT, "serve", "--config", config], {
    within: (command) => ["sh", "-c", '"$@" & wait', "sh", ...command],
  });
  parent.stdin.close();
  await until("it has begun", () => folder.has("pid") && folder.text("pid").includes("\n"));
  const pid = Number(folder.text("pid"));
  assertEquals(isRunning(pid), true);
  parent.kill("SIGKILL");
  await outcome(parent);
  await until("it has ended", () => !isRunning(pid));
});
