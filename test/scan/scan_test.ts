import { assertEquals } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { Reactor } from "../../src/host/reactor.ts";
import type { AnsweredTarget } from "../../src/scan/answered_target.ts";
import { INPUT, Scan, type ScanParts } from "../../src/scan/scan.ts";

const NEVER = new AbortController().signal;

/** A network of which every target answers at once. */
class Network {
  readonly input = new Uint8Array(INPUT);
  readonly drained = true;
  readonly packets = 0;
  readonly device = "none";
  readonly linkType = 1;
  readonly fraction = 1;
  fault: string | null = null;
  room = true;
  answers = 0;
  position = 0;
  taken = 0;
  finished = 0;
  sent = 0;
  halted = false;
  paused = false;
  /** Batches that wait to be read. */
  captured = 0;
  /** Targets that wait to be concluded, and when they are due. */
  waiting: { readonly port: number; readonly ms: number }[] = [];

  /** @param targets how many there are, and @param answerMs how long after its probe each is due */
  constructor(readonly targets: number, readonly answerMs: number) {}

  halt(): void {
    this.halted = true;
  }

  step(ms: number, pauses: boolean): number | null {
    if (this.halted || this.taken === this.targets) return null;
    this.paused ||= pauses;
    if (pauses) return Infinity;
    this.position += 2;
    this.taken++;
    this.finished++;
    this.sent++;
    this.answers++;
    this.captured++;
    this.waiting.push({ port: this.taken, ms: ms + this.answerMs });
    return 0;
  }

  read(): number {
    if (this.captured === 0) return 0;
    this.captured--;
    return 1;
  }

  take(): void {}

  due(ms: number, most: number): AnsweredTarget[] {
    const due = this.waiting.filter((one) => one.ms <= ms).slice(0, most);
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    return due.map(({ port }) => ({ address: "192.0.2.1", port, arms: [null, null] }));
  }
}

/** Scans a network; what it did. */
async function scan(
  network: Network,
  { stop = NEVER, cooldownMs = 100, minHitrate = 0, ...changed }:
    & { readonly stop?: AbortSignal; readonly cooldownMs?: number; readonly minHitrate?: number }
    & Partial<ScanParts> = {},
) {
  using own = new Reactor();
  const { reactor = own } = changed;
  const concluded: number[] = [];
  const passed: number[] = [];
  const scan = new Scan({
    reactor,
    sender: network,
    answers: network,
    capture: network as unknown as ScanParts["capture"],
    order: network,
    concluded: ({ port }) => {
      concluded.push(port);
    },
    sent: () => {},
    room: () => null,
    passed: (position) => passed.push(position),
    ...changed,
  }, { cooldownMs, spreadMs: 0, probes: 1, minHitrate });
  const failure = await scan.run(stop).then(() => null, (error) => error as Error);
  assertEquals(scan.phase, "ended");
  return { concluded, passed, failure };
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

Deno.test("every target is concluded once, and the position is the end", async () => {
  // The cooldown ends before those are due that answered last
  for (const answerMs of [0, 150]) {
    const { concluded, passed, failure } = await scan(new Network(500, answerMs));
    assertEquals(failure, null);
    assertEquals(concluded.toSorted((a, b) => a - b), upTo(500));
    assertEquals(passed.at(-1), 1000);
  }
});

Deno.test("conclusions that take longer are waited for, one after the other", async () => {
  let under = 0;
  const found: number[] = [];
  const { failure, passed } = await scan(new Network(100, 0), {
    async concluded({ port }) {
      assertEquals(++under, 1);
      await new Promise((resolve) => setTimeout(resolve));
      found.push(port);
      under--;
    },
  });
  assertEquals(failure, null);
  assertEquals(found.toSorted((a, b) => a - b), upTo(100));
  assertEquals(passed.at(-1), 200);
});

Deno.test("the signal ends it in order: what was sent is concluded, and the rest is left", async () => {
  const stop = new AbortController();
  const network = new Network(Infinity, 0);
  const found: number[] = [];
  const { passed, failure } = await scan(network, {
    stop: stop.signal,
    concluded: ({ port }) => {
      found.push(port);
      if (port === 100) stop.abort();
    },
  });
  assertEquals(failure, null);
  assertEquals(found.toSorted((a, b) => a - b), upTo(network.taken));
  assertEquals(passed.at(-1), 2 * network.taken);
});

Deno.test("the signal and what fails end it also where nothing is to be sent for an hour", async () => {
  const stop = new AbortController();
  const network = new Network(Infinity, 0);
  const step = () => {
    if (network.halted) return null;
    queueMicrotask(() => stop.abort());
    return 3_600_000;
  };
  const { failure } = await scan(network, {
    stop: stop.signal,
    sender: Object.assign(network, { step }),
  });
  assertEquals(failure, null);
  const broken = Object.assign(new Network(Infinity, 0), {
    step: () => 3_600_000,
    fault: "The interface disappeared",
  });
  assertEquals((await scan(broken)).failure instanceof Failure, true);
});

Deno.test("what fails ends it at once, and no position counts behind what was concluded", async () => {
  const failing = new Error("no room");
  const sink = await scan(new Network(Infinity, 0), {
    concluded: ({ port }) => {
      if (port === 300) throw failing;
    },
  });
  assertEquals([sink.failure, sink.passed], [failing, []]);
  const later = await scan(new Network(Infinity, 0), {
    concluded: ({ port }) => port === 300 ? Promise.reject(failing) : undefined,
  });
  assertEquals([later.failure, later.passed], [failing, []]);
  const network = new Network(Infinity, 0);
  const sender = await scan(network, {
    sender: Object.assign(network, { step: () => Promise.reject(failing) }),
  });
  assertEquals([sender.failure, sender.passed], [failing, []]);
  const broken = Object.assign(new Network(Infinity, 0), { fault: "The interface disappeared" });
  const { failure } = await scan(broken);
  assertEquals(
    failure?.message,
    "the capture on none broke off: The interface disappeared; see that the interface stays up, and " +
      "go on with --resume",
  );
});

Deno.test("no target is taken while there is no room for answers, or for results", async () => {
  const network = Object.assign(new Network(10, 0), { room: false });
  const room = Promise.withResolvers<void>();
  let asked = 0;
  const { failure, concluded } = await scan(network, {
    room: () => {
      // First the results' reader has to catch up, then the table has room again
      if (asked++ < 4) assertEquals(network.taken, 0);
      else network.room = true;
      if (asked > 1) return null;
      setTimeout(() => room.resolve());
      return room.promise;
    },
  });
  assertEquals([failure, concluded.length, network.paused], [null, 10, true]);
});

/** A reactor whose clock goes on by a millisecond each time that it is looked at. */
class Counted extends Reactor {
  #looks = 0;

  override get now(): number {
    return 5000 + this.#looks++;
  }
}

Deno.test("a scan goes by the reactor's clock, which stands still while the program is held up", async () => {
  using reactor = new Counted();
  const times: number[] = [];
  const network = new Network(20, 0);
  const step = (ms: number, pauses: boolean) => {
    times.push(ms);
    return Network.prototype.step.call(network, ms, pauses);
  };
  const { failure } = await scan(network, {
    reactor,
    sender: Object.assign(network, { step }),
  });
  assertEquals([failure, times.length, times.every(Number.isInteger)], [null, 21, true]);
});
