/** The unit of the server, as systemd runs it. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { unitFile } from "../../src/serve/unit_file.ts";
import { Folder } from "../data/temporary.ts";
import { ECN_TRUTH } from "../lab/ecn_truth.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { BINARY } from "../spider.ts";
import { until } from "../until.ts";
import { missingForSystemd, SystemdPlace } from "./systemd/place.ts";

const UNIT = "spider.service";
const CONFIG = "/etc/spider/serve.yaml";

/** Seconds without a sign of life after which the server is ended. */
const WATCHDOG = 4;

/** What a machine's operator may change: times to wait less, and where to read what it says. */
const dropIn = (restart: number) =>
  `[Service]
WatchdogSec=${WATCHDOG}
RestartSec=${restart}
StandardError=append:/var/said
LoadCredential=mine.json:/etc/spider/mine.json
`;

const config = (about: string) => `
log: { file: /var/lib/spider/serve.log }
measure: { turn: 1 }
politeness: { about: ${about} }
plugins:
  mine: { plugin: ./mine.ts, options_file: "\${ENV:CREDENTIALS_DIRECTORY}/mine.json" }
`;

const PLUGIN = `export default {
  kind: "endpoint",
  name: "mine",
  version: "1.0.0",
  api: "^1",
  summary: "for tests",
  options: { word: { type: "string", summary: "to be answered" } },
  init(context) { this.word = context.options.word; },
  handler() { return [200, this.word]; },
};
`;

/** Settings of the kernel that a systemd which boots changes on a machine. */
const SETTINGS = [
  ...["fs/file-max", "fs/nr_open", "fs/protected_hardlinks", "kernel/core_pattern"],
].map((name) => `/proc/sys/${name}`);
const settings = () => SETTINGS.map((path) => Deno.readTextFileSync(path));

/** The service, in a place where it is installed. */
class Service {
  readonly place: SystemdPlace;
  readonly #lab: TargetLab;

  constructor(place: SystemdPlace, lab: TargetLab) {
    this.place = place;
    this.#lab = lab;
  }

  /** Asks the server, once. */
  async ask(path: string, ...args: readonly string[]): Promise<string> {
    const [program, ...words] = this.#lab.exec([
      ...["curl", "-sS", ...args, `http://127.0.0.1:8642${path}`],
    ]);
    const { code, stdout, stderr } = await new Deno.Command(program, { args: words }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }

  /** The id of a measurement that it is asked for. */
  async measure(request: object): Promise<string> {
    return JSON.parse(await this.ask("/measurements", "--json", JSON.stringify(request))).id;
  }

  /** Waits until a measurement has some results, and whether it is going on. */
  async hasBegun(id: string): Promise<void> {
    await until("it has begun", async () => {
      const { state, results } = JSON.parse(await this.ask(`/measurements/${id}`));
      assertNotEquals(state, "completed");
      return results > 0;
    });
  }

  /** Waits until a measurement has ended; its results. */
  async results(id: string): Promise<{ readonly dip: string; readonly conditions: string[] }[]> {
    const events = await this.ask(`/measurements/${id}/events`);
    assertMatch(events, /^event: ended\ndata: .*"completed"/m);
    const lines = await this.ask(`/measurements/${id}/results`);
    return lines.trim().split("\n").map((line) => JSON.parse(line));
  }

  async state(): Promise<string> {
    const { ActiveState, SubState } = await this.place.properties(
      ...[UNIT, "ActiveState", "SubState"] as const,
    );
    return `${ActiveState} (${SubState})`;
  }

  /** Has systemd do something with it. */
  async systemctl(verb: string): Promise<void> {
    const { code, text } = await this.place.run("systemctl", verb, UNIT);
    assertEquals(code, 0, text);
  }

  /** The number of its process in the place. */
  async process(): Promise<number> {
    return Number((await this.place.properties(UNIT, "MainPID")).MainPID);
  }
}

const missing = missingForSystemd();

Deno.test({
  name: "systemd runs the server: ready, reloaded, watched, ended, and again after a power cut" +
    (missing === null ? "" : ` (skipped: needs ${missing})`),
  ignore: missing !== null,
  fn: async () => {
    const before = settings();
    using folder = new Folder();
    const old = folder.put("old", new Uint8Array());
    Deno.utimeSync(old, 0, 0);
    Deno.mkdirSync(folder.at("place"));
    await using lab = await TargetLab.open({ boxes: ["ecn-clear-syn"] });
    {
      await using place = await SystemdPlace.make(lab, folder.at("place"), BINARY!);
      await inPlace(place, lab);
    }
    assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
      ...["old", "place"],
    ]);
    assertEquals(settings(), before, "it has changed the machine");
  },
});

async function inPlace(place: SystemdPlace, lab: TargetLab): Promise<void> {
  const service = new Service(place, lab);
  const unit = unitFile({ program: "/usr/local/bin/spider", config: CONFIG });
  place.write(`/etc/systemd/system/${UNIT}`, unit);
  place.write(`/etc/systemd/system/${UNIT}.d/test.conf`, dropIn(60));
  place.write("/etc/spider/mine.ts", PLUGIN);
  place.write("/etc/spider/mine.json", '{"word":"from a credential"}');
  Deno.chmodSync(place.at("/etc/spider/mine.json"), 0o600);
  await place.boot();
  const rules = await rulesIn(place);

  // What never says READY is never active
  place.write(CONFIG, "nonsense: true\n");
  assertEquals((await place.run("systemctl", "start", UNIT)).code, 1);
  assertMatch(await service.state(), /^(activating|failed) /);
  assertMatch(place.read("/var/said"), /unknown key nonsense/);
  // Else systemd may have tried it again by itself, which counts as a restart
  await service.systemctl("stop");
  place.write(CONFIG, config("before"));
  place.write(`/etc/systemd/system/${UNIT}.d/test.conf`, dropIn(0));
  await service.systemctl("enable");
  await service.systemctl("start");
  assertMatch(await service.ask("/about"), /^before\n/, "active, and does not listen");
  assertEquals(await service.state(), "active (running)");
  const { StatusText: status } = await place.properties(UNIT, "StatusText");
  assertMatch(status!, /^listening on http:.*; 0 measurements wait or run$/);

  // In its sandbox it does its work: captures, marks connections, changes settings of the network,
  // sends probes, and runs a plugin that reads what root alone may read
  const [clean = "", cleared = ""] = ["transparent", "ecn-clear-syn"]
    .map((box) => lab.addresses(box, 4, 1)[0]);
  const ecn = await service.measure({ spider: "ecn", targets: [clean, cleared], timeout: 5 });
  const found = new Map(
    (await service.results(ecn)).map(({ dip, conditions }) => [dip, conditions]),
  );
  assertEquals(found.get(clean)!.toSorted(), ECN_TRUTH.transparent.tcp.toSorted());
  assertEquals(found.get(cleared)!.toSorted(), ECN_TRUTH["ecn-clear-syn"].tcp.toSorted());
  const tcpopt = await service.measure({ spider: "tcpopt", targets: [clean], timeout: 5 });
  const [{ conditions = [] } = {}] = await service.results(tcpopt);
  assert(conditions.includes("sack.connectivity.works"), conditions.join());
  const pinged = await service.ask(
    ...["/pings", "--json", JSON.stringify({ targets: [clean], queries: 1 })] as const,
  );
  assertEquals(JSON.parse(pinged).rcvd, 1, pinged);
  assertEquals(await service.ask("/mine"), "from a credential");
  const process = await service.process();
  const user = await place.run("stat", "--format=%U %a", "/var/lib/private/spider");
  assertEquals(user.text, "spider 700\n");
  assertMatch((await place.run("cat", `/proc/${process}/status`)).text, /^CapBnd:\t0*3000$/m);

  place.write(CONFIG, config("after"));
  await service.systemctl("reload");
  await until("it has read it", async () => /^after\n/.test(await service.ask("/about")));
  assertEquals(await service.process(), process);

  // It lives longer than its watchdog's time, and not when it hangs
  await until("it is alive", async () => {
    const { WatchdogTimestampMonotonic: alive, ActiveEnterTimestampMonotonic: since } = await place
      .properties(UNIT, "WatchdogTimestampMonotonic", "ActiveEnterTimestampMonotonic");
    return Number(alive) - Number(since) > WATCHDOG * 1_000_000;
  });
  const restarts = async () => (await place.properties(UNIT, "NRestarts")).NRestarts;
  assertEquals(await restarts(), "0");
  const targets = lab.addresses("transparent", 4, 15);
  const slow = await service.measure({ spider: "ecn", targets, rate: 5 });
  await service.hasBegun(slow);
  await place.kill("STOP", process);
  await until("it is started again", async () => await restarts() === "1");
  await until("it is active", async () => await service.state() === "active (running)");
  assertNotEquals(await service.process(), process);
  await service.hasBegun(slow);

  await service.systemctl("stop");
  assertEquals(await place.properties(UNIT, "ActiveState", "Result", "ExecMainStatus"), {
    ...{ ActiveState: "inactive", Result: "success", ExecMainStatus: "0" },
  });
  assertEquals(await rulesIn(place), rules, "it leaves rules behind");
  await place.cutPower();
  await place.boot();
  await until("it is active", async () => await service.state() === "active (running)");
  assertEquals((await service.results(slow)).map(({ dip }) => dip).sort(), targets.toSorted());
  assertEquals(place.read("/var/said").match(/^.+$/gm)!.length, 1, place.read("/var/said"));
}

/** How packets are routed there. */
async function rulesIn(place: SystemdPlace): Promise<string> {
  const { code, text } = await place.run(
    "sh",
    "-c",
    "ip rule; ip -6 rule; ip route show table all",
  );
  assertEquals(code, 0, text);
  return text;
}
