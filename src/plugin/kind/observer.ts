import { z } from "zod";
import type { Observer } from "../../contract/observer.ts";
import type { ObserverTest } from "../../contract/plugin_test.ts";
import { EVENT_TYPES } from "../schema/event_types.ts";
import { common } from "../schema/manifest.ts";
import { code, list, must, oneOf, sized } from "../schema/words.ts";
import type { Kind } from "./kind.ts";

const schema = z.strictObject({
  kind: z.literal("observer", must('"observer"')).describe("which part of the program runs it"),
  ...common,
  observes: sized(
    list(oneOf(EVENT_TYPES, "a type"), "types of events", "those it is given; all when missing"),
    { least: 1 },
    "must name a type of event",
  ).optional(),
  begin: code("what is done before the first event").optional(),
  event: code("what is done at each event"),
  close: code("what is done after the last event").optional(),
});

/** Observers of experiments. */
export const kind: Kind = {
  title: "an observer",
  schema,
  computed: [],
  beyond: () => ["code that runs with all rights beside experiments"],
  asks: ({ observes }) => [
    `observes: ${Array.isArray(observes) ? observes.join(", ") : "every event of experiments"}`,
  ],
  tests: async () => (await import("../schema/tests.ts")).observerTests,
  references: () => Promise.resolve([]),
  play: async (plugin, test, options) => {
    const { playObserverTest } = await import("../testing/play_observer.ts");
    return await playObserverTest(plugin as Observer, test as ObserverTest, options);
  },
  scaffold: async (name) => (await import("../scaffold/observer.ts")).observerScaffold(name),
};
