import type { Observer, ObserverTools } from "../../src/mod.ts";

/** An expectation that was missed, by so many of the results. */
interface Missed {
  readonly expectation: string;
  readonly missed: number;
  readonly of: number;
}

/** What is known in a run. */
interface Told {
  /** The number of the last test that was told. */
  last: number;
  /** What each test has missed so far, by its name. */
  readonly missed: Map<string, Missed[]>;
}

const runs = new WeakMap<ObserverTools, Told>();

export default {
  kind: "observer",
  name: "tap",
  version: "1.0.0",
  api: "^1",
  summary: "prints the Test Anything Protocol, version 14",
  references: ["https://testanything.org/tap-version-14-specification.html"],
  observes: ["experiment.began", "expectation.missed", "test.state"],
  begin(tools) {
    runs.set(tools, { last: 0, missed: new Map() });
    tools.print("TAP version 14");
  },
  event(event, tools) {
    const told = runs.get(tools)!;
    if (event.type === "experiment.began") return tools.print(`1..${event.tests}`);
    const { test = "" } = event;
    if (event.type === "expectation.missed") {
      const { expectation, missed, of } = event;
      told.missed.set(test, [...told.missed.get(test) ?? [], { expectation, missed, of }]);
    } else if (event.type === "test.state") {
      if (event.state === "completed") tools.print(`ok ${++told.last} - ${escaped(test)}`);
      if (event.state !== "failed" && event.state !== "error") return;
      tools.print(`not ok ${++told.last} - ${escaped(test)}`);
      diagnostics(event.state, told.missed.get(test) ?? []).forEach(tools.print);
    }
  },
} satisfies Observer;

/** Texts in which a directive could begin. */
function escaped(text: string): string {
  return text.replaceAll(/[\\#]/g, "\\$&");
}

/** Why a test did not come out as expected, as lines of YAML; texts of JSON are such. */
function diagnostics(state: string, missed: readonly Missed[]): string[] {
  return [
    "  ---",
    `  state: ${state}`,
    ...(missed.length > 0 ? ["  missed:"] : []),
    ...missed.flatMap(({ expectation, missed, of }) => [
      `    - expectation: ${JSON.stringify(expectation)}`,
      `      missed: ${missed}`,
      `      of: ${of}`,
    ]),
    "  ...",
  ];
}
