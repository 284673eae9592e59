/** Commands on a server: what they write is what they write here, whatever happens in between. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../data/temporary.ts";
import { StateDirectory } from "../host/state_directory.ts";
import { inProcess } from "../in_process.ts";
import { rootTest } from "../lab/root.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { serverIn } from "../serve/lab_server.ts";
import { ServerProcess } from "../serve/server_process.ts";
import { outcome, results, start } from "../spider.ts";
import { until } from "../until.ts";

/** A result without what differs from run to run. */
function comparable(line: Record<string, unknown>): string {
  const { time: _, ...rest } = line;
  return JSON.stringify(rest);
}

/** The conditions that a summary lists, with their counts. */
function listed(text: string): string[] {
  return text.split("\n").filter((line) => /^ +\d+ {2}\S+$/.test(line));
}

rootTest("ECN behind a middlebox comes out as it does here, with what was skipped", async () => {
  await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn", "ecn-clear-syn"] });
  using _state = new StateDirectory();
  using folder = new Folder();
  await using running = serverIn(lab);
  const key = folder.put("key", new TextEncoder().encode(`${running.key()}\n`));
  const targets = (["transparent", "ecn-drop-syn", "ecn-clear-syn"] as const).flatMap((box) =>
    lab.addresses(box, 4, 3)
  );
  const input = ["# a list", ...targets, "no host!", ""].join("\n");
  // Longer than a busy machine lets a program stand still
  const words = ["measure", "ecn", "--timeout", "3", "-w", "20"];
  const [there, here] = await Promise.all([
    inProcess(["remote", "--key-file", key, running.url, ...words], { input }),
    lab.spider(words, { input }),
  ]);
  assertEquals([there.code, here.code], [0, 0], there.err + here.err);
  const [far, near] = [there, here].map(({ out }) =>
    results(out).map((one) => comparable({ ...one })).sort()
  );
  assertEquals(far!.length, targets.length);
  assertEquals(far, near);
  assertEquals(listed(there.err), listed(here.err));
  assert(listed(there.err).length > 3, there.err);
  for (const { err } of [there, here]) {
    assertMatch(err, /^9 targets in /m);
    assertMatch(err, /warning: 1 line of the input skipped\n {2}line 11: /);
  }
});

rootTest("targets without results are told of as here, with their lines and reasons", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  const [server = "", unwanted] = lab.addresses("transparent", 4, 2);
  await using running = serverIn(lab, { politeness: { opted_out: [`${unwanted}/32`] } });
  const words = ["measure", "dnsresolv", "--resolver", `${server}:5`, "--timeout", "0.5"];
  const input = "# names\nno name!\n\nnone.example\nnever.example\n";
  const [there, here] = await Promise.all([
    inProcess(["remote", running.url, ...words], { input }),
    lab.spider(words, { input }),
  ]);
  assertEquals([there.code, here.code, there.out, here.out], [0, 0, "", ""], there.err + here.err);
  const warnings = ({ err }: { readonly err: string }) => err.slice(err.indexOf("warning: 1 line"));
  assertEquals(warnings(there), warnings(here));
  assertMatch(
    warnings(there),
    /\n {2}line 2: .*\nwarning: 2 targets gave no jobs\n {2}line 4: none\.example: .*\n {2}line 5: never/,
  );

  const one = await inProcess(["remote", running.url, "measure", "mss"], {
    input: `# addresses\n${server}\n${unwanted}\nhere!\n`,
  });
  assertMatch(
    one.err,
    new RegExp(
      `^warning: 2 lines of the input skipped\\n  line 3: "${unwanted}" does not want to be measured\\n` +
        `  line 4: "here!" is not an IPv4 or IPv6 address$`,
      "m",
    ),
  );
  const [{ id }] = JSON.parse((await running.ask("/measurements?limit=1")).text).measurements;
  const { text } = await running.ask(`/measurements/${id}/events`);
  assertMatch(text, /"1 target does not want to be measured, and was left out"/);
});

rootTest(
  "a measurement is left alone and followed later, from as many targets as make a list",
  async () => {
    await using lab = await TargetLab.open();
    using _state = new StateDirectory();
    using folder = new Folder();
    await using running = serverIn(lab);
    const targets = lab.addresses("transparent", 4, 1100);
    const input = targets.join("\n");
    const left = await inProcess(["remote", "--detach", running.url, "measure", "mss"], { input });
    const [, id = "", place] = /^([\w-]+) (\S+)\n$/.exec(left.out) ?? [];
    assertEquals([left.code, place], [0, `${running.url}/measurements/${id}`], left.err);
    const output = folder.at("results");
    const found = await inProcess(["remote", running.url, "--attach", id, "--output", output]);
    assertEquals([found.code, found.out], [0, ""], found.err);
    assertEquals(results(folder.text("results")).map(({ dip }) => dip).sort(), targets.toSorted());
    assertMatch(found.err, /^1,100 targets in /);
    // The list was for this measurement alone
    assertEquals(JSON.parse((await running.ask("/lists")).text).lists, []);
  },
);

rootTest(
  "a server that was killed is followed again, and no result is missing or there twice",
  async () => {
    await using lab = await TargetLab.open();
    using folder = new Folder();
    using _state = new StateDirectory();
    const config = folder.put("serve.yaml", new TextEncoder().encode("measure: { turn: 0.2 }\n"));
    const targets = lab.addresses("transparent", 4, 900);
    let server = new ServerProcess(lab, folder, ["--config", config]);
    await server.listening();
    const words = ["measure", "mss", "--rate", "900"];
    const ended = lab.spider(["remote", "http://127.0.0.1:8642", ...words], {
      input: targets.join("\n"),
    });
    const state = async () => JSON.parse(await server.ask("/measurements")).measurements[0];
    await until("a batch has ended, and results of the next are there", async () => {
      const found = await state();
      return found?.targets.done > 0 && found.results > found.targets.done;
    });
    await server.end("SIGKILL");
    server = new ServerProcess(lab, folder, ["--config", config]);
    const { code, out, err } = await ended;
    assertEquals(code, 0, err);
    assertEquals(results(out).map(({ dip }) => dip).sort(), targets.toSorted());
    assertMatch(err, /trying again in 0\.5 s/);
    assertEquals(await server.end("SIGTERM"), 0);
  },
);

rootTest("Ctrl-C ends it on the server, and takes what was measured", async () => {
  await using lab = await TargetLab.open();
  using _state = new StateDirectory();
  await using running = serverIn(lab);
  const targets = lab.addresses("transparent", 4, 900);
  const child = start(["remote", running.url, "measure", "mss", "--rate", "30"]);
  const ended = outcome(child);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(targets.join("\n")));
  await writer.close();
  const state = async () => JSON.parse((await running.ask("/measurements")).text).measurements[0];
  await until("some are measured", async () => (await state())?.results > 20);
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  const { state: last, results: count } = await state();
  assertEquals([code, last], [130, "stopped"], err);
  assert(count > 20 && count < 900, String(count));
  assertEquals(results(out).length, count);
  assertMatch(err, /^Asking 127\.0\.0\.1:\d+ to end the measurement/m);
  assertMatch(err, /warning: interrupted, so not every target was measured/);
});

rootTest("pings, traces and localisations are what the commands of that host write", async () => {
  await using lab = await TargetLab.open({ routers: 2, boxes: ["dscp-clear"] });
  using _state = new StateDirectory();
  await using running = serverIn(lab);
  const [up] = lab.addresses("transparent", 4, 1);
  const [cleared] = lab.addresses("dscp-clear", 4, 1);
  const both = async (...words: string[]) => {
    const [there, here] = await Promise.all([
      inProcess(["remote", running.url, ...words]),
      lab.spider(words),
    ]);
    assertEquals([there.code, here.code], [0, 0], there.err + here.err);
    return [there.out, here.out] as const;
  };
  // Without times, and the columns that those make wider, and source ports
  const shape = (text: string) =>
    text.replaceAll(/(?<![\d.])\d+\.\d+(?![\d.])|port \d{4,}/g, "T").replaceAll(/ +/g, " ");
  for (
    const words of [
      ["ping", "-q", "1", "-n", up!],
      ["ping", "--csv", "-q", "1", up!, cleared!],
      ["trace", "-n", "-q", "1", up!],
      ["locate", "-f", "dscp:46", "-q", "4", "-m", "6", cleared!],
    ]
  ) {
    const [there, here] = await both(...words);
    assertEquals(shape(there).split("\n").sort(), shape(here).split("\n").sort(), words.join(" "));
    assert(there.length > 40, there);
  }
  const one = ["ping", "-q", "1", "-n", up!, "240.0.0.1"];
  const [far, near] = [
    await inProcess(["remote", running.url, ...one]),
    await lab.spider(one),
  ];
  assertEquals([far.code, far.err], [1, near.err]);
  assertEquals(shape(far.out), shape(near.out));
  const [there] = await both("trace", "--json", "-q", "1", up!);
  assertEquals(JSON.parse(there).dst_addr, up);
});

Deno.test("what makes no sense on a server is refused by the name of its option", async () => {
  const cases: [string, RegExp][] = [
    ["URL measure ecn -i eth0", /^spider: --interface is not for a server: the server chooses /],
    [
      "URL measure ecn --calibrate",
      /--calibrate is not for a server: run spider measure --calibrate/,
    ],
    ["URL measure ecn --resume", /--resume .*: a server goes on by itself/],
    ["URL measure ecn --detach", /--detach stands before measure: spider remote --detach/],
    ["URL trace --watch 192.0.2.1", /--watch is not for a server: nothing is drawn again/],
    ["URL ping example.org", /a server probes addresses, .*: not example\.org/],
    ["URL ping --json --csv 192.0.2.1", /--json and --csv exclude each other/],
    ["URL", /remote needs a COMMAND \(measure, ping, trace, locate\), or --attach/],
    ["URL mesure ecn", /unknown command of a server mesure; did you mean measure\?/],
    ["--attach x URL measure ecn", /--attach stands in place of measure; give one/],
    ["--detach URL ping 192.0.2.1", /--detach goes with measure/],
    ["--output f URL measure ecn", /--output of spider remote goes with --attach/],
    ["--attach ../x URL", /--attach must be the id of a measurement, not \.\.\/x/],
    ["vantage:8642 ping 192.0.2.1", /URL must be where a server is, .*, not vantage:8642/],
    ["http://me:secret@127.0.0.1 ping 192.0.2.1", /URL must be where a server is/],
  ];
  for (const [line, message] of cases) {
    const words = line.replace("URL", "http://127.0.0.1:9").split(" ");
    const { code, out, err } = await inProcess(["remote", ...words]);
    assertEquals([code, out], [2, ""], line);
    assertMatch(err, message);
  }
});
