import { assert, assertEquals, assertMatch } from "@std/assert";
import { configuration } from "../../src/cli/commands/serve/configuration.ts";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { ServerProcess } from "../serve/server_process.ts";
import { inProcess } from "../in_process.ts";
import { until } from "../until.ts";

rootTest("a server that was killed goes on, and loses nothing and does nothing twice", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  using _state = new StateDirectory();
  const [few, many] = [10, 1500].map((count) => lab.addresses("transparent", 4, count));
  let server = new ServerProcess(lab, folder);
  await server.listening();
  const first = await server.post({ spider: "mss", targets: many, rate: 700 });
  const waiting = [];
  for (let i = 0; i < 3; i++) waiting.push(await server.post({ spider: "mss", targets: few }));
  await until("some results are there", async () => (await server.results(first)).length > 200);
  await server.end("SIGKILL");
  server = new ServerProcess(lab, folder, ["--pidfile", folder.at("pid")]);
  await server.listening();
  for (const id of [first, ...waiting]) await server.ask(`/measurements/${id}/events`);
  assertEquals((await server.results(first)).sort(), [...many!].sort());
  for (const id of waiting) assertEquals((await server.results(id)).sort(), [...few!].sort());
  const { measurements } = JSON.parse(await server.ask("/measurements"));
  assertEquals(measurements.map(({ state }: { state: string }) => state), [
    ...["completed", "completed", "completed", "completed"],
  ]);
  // Which somebody else has removed is no reason to fail
  Deno.removeSync(folder.at("pid"));
  assertEquals(await server.end("SIGTERM"), 0);
  assertMatch(server.log, /ending: what is being measured is finished\n.* ended\n$/);
});

rootTest("SIGHUP reads the configuration again, and keeps it where that is wrong", async () => {
  await using lab = await TargetLab.open();
  using folder = new Folder();
  using _state = new StateDirectory();
  const put = (text: string) => folder.put("serve.yaml", new TextEncoder().encode(text));
  const config = put("politeness: { about: one }\n");
  const pidfile = folder.at("pid");
  const server = new ServerProcess(lab, folder, [
    ...["--config", config, "--pidfile", pidfile, "--log-level", "debug"],
  ]);
  await server.listening();
  assertEquals(folder.text("pid"), `${server.child.pid}\n`);
  assertMatch(
    await server.ask("/about"),
    /^one\n\nIt measures from 100\.64\.0\.1, [\da-f.:, ]+\.\n$/,
  );
  put("politeness: { about: two }\n");
  server.child.kill("SIGHUP");
  await until("it has read it", () => server.log.includes("was read again"));
  assertMatch(await server.ask("/about"), /^two\n/);
  put("politeness: { abuot: three }\n");
  server.child.kill("SIGHUP");
  await until("it says so", () => server.log.includes("stays as it was"));
  assertMatch(server.log, /serve\.yaml:1:\d+: unknown key abuot; did you mean about\?/);
  assertMatch(await server.ask("/about"), /^two\n/);
  assertMatch(server.log, / debug 127\.0\.0\.1 GET \/about 200 \d+ ms\n/);
  assertEquals(await server.end("SIGINT"), 0);
  assert(!folder.has("pid"), "the number of a process that has ended is left");
});

Deno.test("keys are made, listed without their secrets, and revoked", async () => {
  using folder = new Folder();
  const database = folder.at("serve.db");
  const keys = (...args: string[]) => inProcess(["serve", "keys", ...args, "--database", database]);
  assertMatch((await keys("list")).out, /There are no keys/);
  const { out } = await keys("add", "alice", "--scope", "read", "--days", "2", "--json");
  const { id, key, expires } = JSON.parse(out);
  assertMatch(key, new RegExp(`^spider_${id}_`));
  assertEquals(new Date(expires).getTime() > Date.now() + 86_400_000, true);
  const listed = (await keys("list")).out;
  assertMatch(listed, new RegExp(`${id} +alice +read +all`));
  assert(!listed.includes(key));
  assert(!new TextDecoder("latin1").decode(Deno.readFileSync(database)).includes(key.slice(-43)));
  assertEquals((await keys("revoke", id)).code, 0);
  const again = await keys("revoke", id);
  assertEquals([again.code, /there is no key/.test(again.err)], [1, true]);
  assertMatch((await keys("list")).out, /revoked \d{4}-/);
});

Deno.test("keys are of the database that the server's configuration names, and need nothing else of it", async () => {
  using folder = new Folder();
  const text = "database: ./here.db\nobservatories: { pto: { token: '${ENV:NO_SUCH_TOKEN}' } }\n";
  const config = folder.put("serve.yaml", new TextEncoder().encode(text));
  const add = () => inProcess(["serve", "keys", "add", "bob", "--config", config]);
  const { code, out, err } = await add();
  assertEquals([code, err], [0, ""]);
  const where = `It is for the server of ${folder.at("here.db")}`;
  assert(out.endsWith(`${where}, a database that was made now.\n`), out);
  assert((await add()).out.endsWith(`${where}.\n`));
});

Deno.test("options of the command line stand above the configuration's file", () => {
  using folder = new Folder();
  const text = `listen: { host: 127.0.0.2, port: 1, names: [a.example] }
log: { level: error, file: one.log }
database: one.db
pidfile: one.pid
`;
  const config = folder.put("serve.yaml", new TextEncoder().encode(text));
  const options = {
    ...{ config, host: "::1", port: 2, "tls-cert": "c.pem", "tls-key": "k.pem" },
    ...{ database: folder.at("two.db"), log: "two.log", "log-level": "debug", pidfile: "two.pid" },
  };
  const { listen, log, database, pidfile } = configuration({ options });
  assertEquals({ listen, log, database, pidfile }, {
    listen: {
      ...{ host: "::1", port: 2, names: ["a.example"] },
      tls: { certificate: "c.pem", key: "k.pem" },
    },
    log: { level: "debug", file: "two.log" },
    database: folder.at("two.db"),
    pidfile: "two.pid",
  });
  const { listen: { host } } = configuration({ options: { ...options, host: undefined } });
  assertEquals(host, "127.0.0.2");
});

Deno.test("a server that cannot start says why", async () => {
  using folder = new Folder();
  const serve = (...args: string[]) =>
    inProcess(["serve", "--database", folder.at("serve.db"), ...args]);
  const open = await serve("--host", "0.0.0.0", "--port", "0");
  assertEquals(open.code, 1);
  assertMatch(open.err, /this server has no keys: make one with spider serve keys add/);
  const half = await serve("--tls-cert", "x");
  assertEquals([half.code, /go together/.test(half.err)], [2, true]);
  const config = folder.put("serve.yaml", new TextEncoder().encode("listen: { prot: 1 }\n"));
  const wrong = await serve("--config", config);
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /serve\.yaml:1:11: unknown key prot; did you mean port\?/);
});

Deno.test("a unit of systemd is printed, for where program and configuration are", async () => {
  const { code, out } = await inProcess(["serve", "unit", "--config", "/etc/spider.yaml"]);
  assertEquals(code, 0);
  assertMatch(out, /^ExecStart=\/usr\/local\/bin\/spider serve --config \/etc\/spider\.yaml$/m);
  const hidden = await inProcess(["serve", "unit", "--program", "/root/spider"]);
  assertEquals([hidden.code, /the unit hides \/root\/spider/.test(hidden.err)], [1, true]);
});
