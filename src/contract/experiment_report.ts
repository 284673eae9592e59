import type { TestState } from "./experiment_event.ts";

/** What was at fault when a test failed: the path, a service, a spider, the environment or the file. */
export type Blame = "path" | "service" | "spider" | "environment" | "experiment";

/** A value of a matrix or of a parameter set. */
export type CellValue = string | number | boolean;

/** A reason why a test may have failed. */
export interface LikelyCause {
  readonly blame: Blame;
  /** One sentence. */
  readonly cause: string;
  /** What speaks for it: lines of logs, counts. */
  readonly evidence: readonly string[];
}

/** How one expectation fared. */
export interface ExpectationReport {
  /** As it is in the file, such as `must ecn.connectivity.works`. */
  readonly expectation: string;
  readonly met: boolean;
  /** Results that did not have it, of how many. */
  readonly missed: number;
  readonly of: number;
  /** Of a field of flow records what those results had in its place, some of it. */
  readonly seen?: readonly string[];
}

/** What answered the probes of a trace at one hop. */
export interface TracedHop {
  readonly hop: number;
  /** Addresses of who answered; empty where nothing did. */
  readonly responders: readonly string[];
  /** The least round-trip time, in milliseconds; null where nothing answered. */
  readonly rtt: number | null;
  /** Whether an answer said that the target is unreachable. */
  readonly unreachable: boolean;
}

/** What a step `trace` found on the way to an address. */
export interface TraceReport {
  readonly address: string;
  /** Whether the address itself answered. */
  readonly reached: boolean;
  readonly hops: readonly TracedHop[];
}

/** What a step `locate` found on the way to an address. */
export interface LocateReport {
  /** As `spider locate` takes it: `dscp:46`. */
  readonly feature: string;
  readonly address: string;
  /** What follows, in sentences. */
  readonly summary: readonly string[];
}

/** One test at one place of its matrix. */
export interface TestReport {
  /** Such as `ecn[middlebox=ecn-clear,ip=4]`. */
  readonly id: string;
  /** The name of the test. */
  readonly test: string;
  /** Its place in the matrix, and its parameters. */
  readonly cell: Readonly<Record<string, CellValue>>;
  readonly state: Extract<TestState, "completed" | "failed" | "error">;
  /** Null where it is completed. */
  readonly blame: Blame | null;
  readonly began: string;
  readonly seconds: number;
  /** Seconds that were spent in each state. */
  readonly states: Readonly<Partial<Record<TestState, number>>>;
  readonly targets: number;
  /** How many results had each condition. */
  readonly conditions: Readonly<Record<string, number>>;
  readonly expectations: readonly ExpectationReport[];
  /** The likeliest first. */
  readonly causes: readonly LikelyCause[];
  readonly metrics: Readonly<Record<string, number>>;
  /** What its steps `trace` and `locate` found, in their order. */
  readonly traces: readonly TraceReport[];
  readonly localisations: readonly LocateReport[];
  /** What wrappers summed up, by service and environment. */
  readonly wrapped: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  /** Files of this test, relative to the results folder, by what they are. */
  readonly files: Readonly<Record<string, string>>;
  /** What went wrong, where it did not come to a verdict; null otherwise. */
  readonly problem: string | null;
}

/** What a run of an experiment came to, as `report.json` has it. */
export interface ExperimentReport {
  readonly name: string;
  readonly description: string | null;
  readonly version: string | null;
  readonly tags: readonly string[];
  readonly began: string;
  readonly seconds: number;
  readonly seed: number;
  /** Versions of the program, of plugins and of what runs, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** A drawing of each topology, as SVG, by the name of the test. */
  readonly topologies: Readonly<Record<string, string>>;
  readonly tests: readonly TestReport[];
  readonly interrupted: boolean;
}
