import { MOST_LISTED, type Packets } from "../../src/observe/packet_list.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Failure, ObserveRun, type ObserveSink } from "../../src/mod.ts";
import { run } from "../../src/host/run.ts";
import type { Statistics } from "../../src/observe/statistics.ts";
import { STATISTICS_PERIOD } from "../../src/run/observe_run.ts";
import { TargetLab } from "../lab/target_lab.ts";
import { pcap } from "../data/captures.ts";
import { ethernet, type Frame, ip4, pcapFile, tcp } from "../data/packets.ts";
import { Folder } from "../data/temporary.ts";
import { rootTest } from "../lab/root.ts";
import { results } from "../spider.ts";
import { observeRequest } from "./requests.ts";
import { doRun, endOf } from "./start.ts";

/** SYNs of so many flows. */
function frames(flows: number): Frame[] {
  return Array.from({ length: flows }, (_, i) => ({
    time: 1_700_000_000 + i,
    data: ethernet(ip4(tcp({ source: 1000 + i, flags: 2 }))),
  }));
}

/** A sink that keeps what comes, and the names of what was called. */
class Kept implements ObserveSink {
  readonly calls: string[] = [];
  text = "";
  octets = 0;

  readonly records = (lines: Uint8Array) => {
    this.text += new TextDecoder().decode(lines);
  };

  readonly packets = ({ count, frame }: Packets) => {
    for (let i = 0; i < count; i++) this.octets += frame(i).length;
  };

  room(): null {
    return null;
  }

  end(): void {
    this.calls.push("end");
  }

  report({ ended, fault }: { readonly ended: string | null; readonly fault: string | null }): void {
    this.calls.push(`report ${ended} ${fault === null ? "whole" : "fault"}`);
  }

  close(): void {
    this.calls.push("close");
  }
}

const signal = new AbortController().signal;

Deno.test("flow records of a file go to the sink, and then its statistics", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)));
  const sink = new Kept();
  const opened: (readonly string[])[] = [];
  const told: unknown[] = [];
  using run = new ObserveRun(observeRequest({ source: { file }, chains: ["tcp"] }), {
    sink({ fields }) {
      opened.push(fields.map(({ name }) => name));
      return sink;
    },
    listener: { ended: ({ packets }) => told.push(packets) },
  });
  assertEquals([run.device, run.state.packets], [null, 0]);
  const found = await run.end(await run.observe(signal));
  assertEquals([found.ended, found.packets, found.flows, found.source], ["end", 3, 3, file]);
  assertEquals([run.state.packets, run.state.flows, run.state.drops], [3, 3, 0]);
  assertEquals([told, sink.calls], [[3], ["end", "report end whole", "close"]]);
  const records = results(sink.text);
  assertEquals(records.map(({ sp }) => sp).sort(), [1000, 1001, 1002]);
  assertEquals(Object.keys(records[0]!), [...opened[0]!]);
  assert(sink.octets > 0);
});

Deno.test("a limit and a filter hold, and the sink is not opened without a capture", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(20)));
  const sink = new Kept();
  const listener = { ended: () => {} };
  const request = observeRequest({ source: { file }, filter: "src portrange 1005-1019", count: 5 });
  using run = new ObserveRun(request, { sink: () => sink, listener });
  const { ended, packets } = await run.end(await run.observe(signal));
  assertEquals([ended, packets], ["count", 5]);
  assertEquals(results(sink.text).map(({ sp }) => sp).sort()[0], 1005);
  const never = () => {
    throw new Error("the sink was opened");
  };
  const nowhere = observeRequest({ source: { file: folder.at("nowhere") } });
  await assertRejects(
    async () => await Promise.resolve(new ObserveRun(nowhere, { sink: never, listener })),
    Failure,
    "cannot be read as a capture",
  );
});

Deno.test("a capture that breaks off is a failure, once its records are with the sink", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)).slice(0, -10));
  const sink = new Kept();
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => sink,
    listener: { ended: () => {} },
  });
  const failure = await run.observe(signal);
  assertEquals(failure, null);
  await assertRejects(
    () => run.end(failure),
    Failure,
    "breaks off: it ends in the middle of a packet",
  );
  assertEquals(results(sink.text).length, 2);
  assertEquals(sink.calls, ["end", "report fault fault", "close"]);
});

Deno.test("that a capture breaks off is told also where its sink fails", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)).slice(0, -10));
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => Object.assign(new Kept(), { end: () => Promise.reject(new Failure("it is gone")) }),
    listener: { ended: () => {} },
  });
  const error = await assertRejects(async () => run.end(await run.observe(signal)), Failure);
  const message = `${file} breaks off: it ends in the middle of a packet; it is gone`;
  assertEquals(error.message, message);
});

Deno.test("what a sink throws ends it, and the sink is closed", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)));
  const sink = new Kept();
  const full = new Failure("the disk is full");
  const records = () => {
    throw full;
  };
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => ({
      records,
      room: () => null,
      end: () => sink.end(),
      report: (found) => sink.report(found),
      close: () => sink.close(),
    }),
    listener: { ended: () => {} },
  });
  const failure = await run.observe(signal);
  assertEquals(failure, full);
  assertEquals(await assertRejects(() => run.end(failure)), full);
  assertEquals(sink.calls, ["report fault fault", "close"]);
});

Deno.test("what a sink has are methods, and they are called as such", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)));
  const sink = {
    lines: 0,
    packetBatches: 0,
    records() {
      this.lines++;
    },
    packets() {
      this.packetBatches++;
    },
    room: () => null,
    end: () => {},
    report: () => {},
    close: () => {},
  };
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => sink,
    listener: { ended: () => {} },
  });
  await run.end(await run.observe(signal));
  assert(sink.lines > 0 && sink.packetBatches > 0);
});

Deno.test("a listener that throws does not keep the sink from its statistics and its end", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)));
  const sink = new Kept();
  const broken = new Error("the listener is broken");
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => sink,
    listener: {
      ended() {
        throw broken;
      },
    },
  });
  const failure = await run.observe(signal);
  assertEquals(await assertRejects(() => run.end(failure)), broken);
  assertEquals(sink.calls, ["end", "report end whole", "close"]);
});

Deno.test("one signal ends two observations of pipes whose writers are silent", async () => {
  using folder = new Folder();
  const stop = new AbortController();
  const pipe = async (name: string) => {
    const file = folder.at(name);
    await new Deno.Command("mkfifo", { args: [file] }).output();
    // For reading too, so that neither side waits for the other
    const writer = await Deno.open(file, { read: true, write: true });
    await writer.write(pcapFile(frames(300)));
    const sink = new Kept();
    const taken = Promise.withResolvers<void>();
    const run = new ObserveRun(observeRequest({ source: { file } }), {
      sink: () => ({
        records: (lines) => sink.records(lines),
        packets: () => taken.resolve(),
        room: () => null,
        end: () => {},
        report: () => {},
        close: () => {},
      }),
      listener: { ended: () => {} },
    });
    const observed = run.observe(stop.signal);
    await taken.promise; // and now it waits for more
    return { run, sink, writer, observed };
  };
  const pipes = [await pipe("one"), await pipe("other")];
  stop.abort();
  for (const { run, sink, writer, observed } of pipes) {
    const { ended, flows } = await run.end(await observed);
    assertEquals([ended, results(sink.text).length], ["interrupted", flows]);
    assert(Number(flows) > 0);
    run.close();
    writer.close();
  }
});

Deno.test("a signal that has aborted before lets nothing be read", async () => {
  using folder = new Folder();
  const file = folder.put("trace", pcapFile(frames(3)));
  const sink = new Kept();
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () => sink,
    listener: { ended: () => {} },
  });
  const { ended, packets } = await run.end(await run.observe(AbortSignal.abort()));
  assertEquals([ended, packets, sink.text], ["interrupted", 0, ""]);
});

Deno.test("what was read when the signal came is in the records, beyond what is listed at once", async () => {
  using folder = new Folder();
  const data = ip4(tcp({ flags: 2 }));
  const count = MOST_LISTED + 100; // and all of them are read at once
  const raw = pcap(Array.from({ length: count }, (_, time) => ({ time, data })), { linkType: 101 });
  const file = folder.put("trace", raw);
  const stop = new AbortController();
  using run = new ObserveRun(observeRequest({ source: { file } }), {
    sink: () =>
      Object.assign(new Kept(), {
        room() {
          stop.abort();
          return null;
        },
      }),
    listener: { ended: () => {} },
  });
  const { ended, packets } = await run.end(await run.observe(stop.signal));
  assertEquals([ended, packets], ["interrupted", count]);
});

Deno.test("statistics are told at the beginning and in regular turns, until it has ended", async () => {
  using folder = new Folder();
  const request = observeRequest({ source: { file: folder.put("trace", pcapFile(frames(3))) } });
  const told: unknown[] = [];
  const follow = ({ packets, ended }: Statistics) => void told.push([packets, ended]);
  const turns: [unknown, number | undefined][] = [];
  const { setInterval, clearInterval } = globalThis;
  const cleared: unknown[] = [];
  Object.assign(globalThis, {
    setInterval: (turn: unknown, period?: number) => turns.push([turn, period]),
    clearInterval: (turn: unknown) => void cleared.push(turn),
  });
  try {
    using run = new ObserveRun(request, {
      sink: () => Object.assign(new Kept(), { follow }),
      listener: { ended: () => {} },
    });
    const failure = await run.observe(signal);
    const [[turn, period] = []] = turns;
    assertEquals([turns.length, period, cleared], [1, STATISTICS_PERIOD, [1]]);
    await (turn as () => Promise<void>)();
    assertEquals((await run.end(failure)).packets, 3);
  } finally {
    Object.assign(globalThis, { setInterval, clearInterval });
  }
  assertEquals(told, [[0, null], [3, null]]);
});

Deno.test("what a sink throws that follows the statistics ends it", async () => {
  using folder = new Folder();
  const request = observeRequest({ source: { file: folder.put("trace", pcapFile(frames(3))) } });
  const problem = new Error("the disk is full");
  const ended: unknown[] = [];
  using run = new ObserveRun(request, {
    sink: () => Object.assign(new Kept(), { follow: () => Promise.reject(problem) }),
    listener: { ended: ({ ended: how, fault }) => ended.push([how, fault]) },
  });
  assertEquals(await assertRejects(async () => run.end(await run.observe(signal))), problem);
  assertEquals(ended, [["fault", "the disk is full"]]);
});

rootTest("the signal ends a live observation in the middle, with the records of all", async () => {
  await using lab = await TargetLab.open({ boxes: ["drop"] });
  const source = { interfaces: [] };
  // It answers nothing, so that all of them are sent
  const [target = ""] = lab.addresses("drop", 4, 1);
  const datagrams = `exec 3> /dev/udp/${target}/9; for i in 1 2 3 4 5; do echo >&3; done`;
  let sent = false;
  const events = await doRun("observe", observeRequest({ source, filter: "udp port 9" }), {
    within: (line) => lab.exec(line),
    ends(events) {
      if (!sent && events.some(({ device }) => device === lab.interface)) {
        sent = true;
        const [program, ...args] = lab.exec(["bash", "-c", datagrams]);
        run(program, args);
      }
      return events.some(({ underWay }) => underWay);
    },
  });
  const [record] = events.filter(({ dip }) => dip === target);
  assertEquals([record?.pkt_fwd, record?.pkt_rev], [5, 0], JSON.stringify(events));
  const { outcome } = endOf(events) as { outcome: { ended: string; state: { packets: number } } };
  assertEquals([outcome.ended, outcome.state.packets], ["interrupted", 5]);
});

rootTest("an interface that is not there is reported", async () => {
  await using lab = await TargetLab.open();
  const request = observeRequest({ source: { interfaces: ["none0"] } });
  const events = await doRun("observe", request, { within: (line) => lab.exec(line) });
  assertEquals(events.length, 1);
  assertMatch(String(endOf(events).error), /^there is no interface none0: choose one of /);
});

rootTest("a signal that comes when an observation is over does nothing", async () => {
  const stop = new AbortController();
  using run = new ObserveRun(observeRequest({ source: { interfaces: ["lo"] }, duration: 0.05 }), {
    sink: () => new Kept(),
    listener: { ended: () => {} },
  });
  assertEquals((await run.end(await run.observe(stop.signal))).ended, "duration");
  stop.abort();
});

rootTest("an observation that is closed under way fails, and does no harm", async () => {
  const stop = new AbortController();
  const sink = new Kept();
  const run = new ObserveRun(observeRequest({ source: { interfaces: ["lo"] } }), {
    sink: () => sink,
    listener: { ended: () => {} },
  });
  const ended = run.observe(stop.signal);
  run.close();
  stop.abort();
  const failure = await ended;
  assertMatch(String(failure), /the capture is closed/);
  assertEquals(await assertRejects(() => run.end(failure)), failure);
  assertEquals(sink.calls, ["close"]);
});
