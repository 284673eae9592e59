/**
 * Measures the addresses it is given with a spider whose arms have functions of their own: the file
 * that is named first has a line for each time that one was called. Prints the results.
 */
import type { Spider } from "../../src/mod.ts";
import { connectionTypes } from "../../src/connect/registry.ts";
import { Interruption } from "../../src/cli/interruption.ts";
import { Failure } from "../../src/host/failure.ts";
import { interfaceNamed } from "../../src/host/interface.ts";
import { Journal } from "../../src/host/journal.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { measure } from "../../src/measure/measure.ts";
import { Setup } from "../../src/measure/setup.ts";

const [log = "", fails = "", device = "", ...targets] = Deno.args;

const note = (line: string) => {
  const sack = Deno.readTextFileSync("/proc/sys/net/ipv4/tcp_sack").trim();
  Deno.writeTextFileSync(log, `${line} sack=${sack}\n`, { append: true });
  if (line === fails) throw new Error(`cannot ${line}`);
};

const arm = (name: string, sack: number) => ({
  name,
  system: {
    sysctls: { "net.ipv4.tcp_sack": sack },
    enter: () => note(`enter ${name}`),
    leave: () => note(`leave ${name}`),
  },
});

const spider = {
  kind: "spider",
  name: "own",
  version: "1.0.0",
  api: "^1",
  summary: "arms with functions",
  connect: ["tcp"],
  chains: ["basic", "tcp"],
  arms: [arm("a", 0), arm("b", 1)],
  conditions: { "own.works": "both connected", "own.fails": "one did not" },
  conclude: (flows) => [flows.every((flow) => flow.spdr_state === 0) ? "own.works" : "own.fails"],
} satisfies Spider;

using journal = Journal.open();
using reactor = new Reactor();
using setup = new Setup(reactor, {
  spider,
  spiderOptions: {},
  connect: connectionTypes.get("tcp")!,
  device: interfaceNamed(device),
  bind: true,
  journal,
  workers: 10,
  rate: undefined,
  seed: 104, // the first phase is that of the first arm
  timeoutMs: 1000,
  repeat: 1,
  isolate: false,
  outputFlows: false,
});
using interruption = new Interruption(() => {
  setup.leaveAtOnce();
  journal.close();
});
try {
  const jobs = async function* () {
    for (const [i, dip] of targets.entries()) yield { line: i + 1, job: { dip, dp: 80 } };
  };
  for await (const outcome of measure(jobs, setup, { stop: interruption.signal })) {
    if ("warning" in outcome) console.error(outcome.warning);
    else if ("problem" in outcome) console.error(outcome.problem);
    else console.log(JSON.stringify(outcome.measured.result));
  }
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message.split("\n")[0]);
  Deno.exitCode = 1;
}
