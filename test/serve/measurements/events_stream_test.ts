/** What is told of a measurement: to many at once, to those who read slowly, and with few questions. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Database } from "../../../src/serve/database/database.ts";
import { EventHub, type Heard } from "../../../src/serve/measurements/event_hub.ts";
import type { Progress } from "../../../src/serve/measurements/event_text.ts";
import { eventStream } from "../../../src/serve/measurements/events_stream.ts";
import type { Measurement } from "../../../src/serve/measurements/measurement.ts";
import { ResultStore } from "../../../src/serve/measurements/result_store.ts";
import { MeasurementStore } from "../../../src/serve/measurements/store.ts";

const PROGRESS: Progress = {
  ...{ done: 1, targets: 9, results: 1, settled: 0, unobserved: 0, drops: 0 },
};

/** A measurement that is under way, and what is asked of the database about it. */
class Watched implements Disposable {
  readonly hub = new EventHub();
  readonly measurement: Measurement;
  /** Questions to the database. */
  questions = 0;
  readonly #database = Database.open(":memory:");
  readonly #store = new MeasurementStore(this.#database);
  readonly #kept = new ResultStore(this.#database);
  readonly #closing = new AbortController();

  constructor() {
    const { id } = this.#store.add("key", { spider: "ecn" } as Measurement["request"], ["{}"]);
    this.measurement = this.#store.get(id)!;
  }

  stream(after = 0): ReadableStreamDefaultReader<string> {
    const store = {
      get: (id: string) => {
        this.questions++;
        return this.#store.get(id);
      },
    };
    const kept = {
      events: (measurement: Measurement, after: number, most: number) => {
        this.questions++;
        return this.#kept.events(measurement, after, most);
      },
    };
    const { hub, measurement } = this;
    const stream = eventStream(store, kept, hub, measurement, after, this.#closing.signal);
    return stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      .getReader();
  }

  keep(type: string, data: object = {}): void {
    this.hub.keep(this.measurement.number, this.#kept.addEvent(this.measurement, type, data));
  }

  end(): void {
    this.#store.end(this.measurement, { state: "completed", problem: null }, Date.now());
    this.keep("ended");
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.hub.note(this.measurement.number, null);
    this.#database[Symbol.dispose]();
  }
}

async function rest(reader: ReadableStreamDefaultReader<string>): Promise<string[]> {
  const all = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) all.push(next.value);
  return all.join("").split("\n\n").filter(Boolean);
}

const typesOf = (events: readonly string[]) =>
  events.map((event) => /^event: (.*)$/m.exec(event)?.[1]);

Deno.test("what happens now is told without a question to the database, to its end", async () => {
  using watched = new Watched();
  watched.keep("started");
  const reader = watched.stream();
  assertEquals(typesOf([(await reader.read()).value!]), ["started"]);
  // It has caught up, and waits
  const waits = reader.read();
  const { number } = watched.measurement;
  watched.hub.note(number, PROGRESS);
  assertEquals(typesOf([(await waits).value!]), ["progress"]);
  const asked = watched.questions;
  for (let done = 2; done < 50; done++) {
    const next = reader.read();
    watched.hub.note(number, { ...PROGRESS, done });
    watched.hub.note(number, null);
    assertEquals(
      (await next).value,
      `event: progress\ndata: ${JSON.stringify({ ...PROGRESS, done })}\n\n`,
    );
    const first = reader.read();
    watched.hub.note(number, PROGRESS);
    await first;
  }
  assertEquals(watched.questions, asked);
  watched.end();
  assertEquals(typesOf(await rest(reader)), ["ended"]);
});

Deno.test("a client that reads slowly gets all that is kept, once and in order", async () => {
  using watched = new Watched();
  const reader = watched.stream();
  const first = reader.read();
  const many = Array.from({ length: 1700 }, (_, n) => n);
  for (const n of many) watched.keep("log", { n });
  watched.end();
  const told = [...((await first).value!).split("\n\n").filter(Boolean), ...await rest(reader)];
  assertEquals(typesOf(told), [...many.map(() => "log"), "ended"]);
  const found = told.slice(0, -1).map((event) => JSON.parse(/^data: (.*)$/m.exec(event)![1]!).n);
  assertEquals(found, many);
});

Deno.test("who comes back gets what is behind the last that he had", async () => {
  using watched = new Watched();
  for (const n of [1, 2, 3]) watched.keep("log", { n });
  watched.end();
  const all = await rest(watched.stream());
  const second = Number(/^id: (\d+)$/m.exec(all[1]!)![1]);
  assertEquals(await rest(watched.stream(second)), all.slice(2));
});

Deno.test("a text is made once for all, and progress is told no more often than is read", () => {
  using watched = new Watched();
  const { hub, measurement: { number } } = watched;
  const heard: Heard[][] = [[], []];
  for (const each of heard) hub.listen(number, (one) => each.push(one));
  for (let done = 1; done <= 1000; done++) hub.note(number, { ...PROGRESS, done });
  watched.keep("log");
  hub.note(number, null);
  const [one, other] = heard;
  assertEquals(one!.map(({ kept }) => kept?.type), [undefined, "log", undefined]);
  const texts = one!.map(({ text }) => new TextDecoder().decode(text));
  assertEquals(texts.map((text) => /"done":(\d+)/.exec(text)?.[1]), ["1", undefined, "1000"]);
  one!.forEach(({ text }, at) => assertStrictEquals(other![at]!.text, text));
});

Deno.test(
  "who has left leaves nothing behind, not even a timer",
  { sanitizeOps: true },
  async () => {
    using watched = new Watched();
    const reader = watched.stream();
    const waiting = reader.read();
    // The stream waits for something to happen by now
    await new Promise((resolve) => setTimeout(resolve, 0));
    const asked = watched.questions;
    assert(asked > 0);
    await reader.cancel();
    assertEquals(await waiting, { done: true, value: undefined });
    assertEquals(watched.questions, asked);
  },
);
