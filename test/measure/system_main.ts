/**
 * Measures the addresses it is given with a spider whose arms have functions of their own: the file
 * that is named first has a line for each time that one was called. Prints the results.
 */
import type { Spider } from "../../src/mod.ts";
import { Interruption } from "../../src/cli/interruption.ts";
import { Failure } from "../../src/host/failure.ts";
import { Journal } from "../../src/host/journal.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { Setup } from "../../src/measure/setup.ts";
import { printResults, setupOptions } from "./printing.ts";

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
  ...setupOptions(spider, device, journal),
  seed: 104, // the first phase is that of the first arm
  outputFlows: false,
});
using interruption = new Interruption(() => {
  setup.leaveAtOnce();
  journal.close();
});
try {
  await printResults(setup, targets, interruption.signal);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message.split("\n")[0]);
  Deno.exitCode = 1;
}
