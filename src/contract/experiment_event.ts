/** States of a test, in their order; it ends in one of the last three. */
export const TEST_STATES = [
  "created",
  "setting_up",
  "deploying",
  "ready",
  "executing",
  "validating",
  "collecting",
  "tearing_down",
  "completed",
  "failed",
  "error",
] as const;

/** One of {@linkcode TEST_STATES}. */
export type TestState = typeof TEST_STATES[number];

/** Kinds of events: what their types begin with. */
export const EVENT_KINDS = [
  "experiment",
  "test",
  "service",
  "environment",
  "network",
  "step",
  "expectation",
  "protocol",
  "metric",
  "plugin",
] as const;

/** What happens in an experiment, by its type: what is told of it. */
export interface ExperimentEvents {
  "experiment.began": { readonly name: string; readonly tests: number };
  "experiment.ended": {
    readonly completed: number;
    readonly failed: number;
    readonly error: number;
    readonly seconds: number;
  };
  "plugin.loaded": { readonly kind: string; readonly name: string; readonly version: string };
  "environment.up": { readonly environment: string; readonly seconds: number };
  "environment.down": { readonly environment: string; readonly seconds: number };
  "environment.output": {
    readonly environment: string;
    readonly summary: Readonly<Record<string, number | string>>;
  };
  "network.fault": { readonly text: string };
  "test.state": { readonly state: TestState };
  "service.starting": { readonly command: readonly string[] };
  "service.ready": { readonly seconds: number };
  "service.stopped": { readonly problem: string | null };
  "step.began": { readonly step: string };
  "step.ended": {
    readonly step: string;
    readonly seconds: number;
    readonly problem: string | null;
  };
  /** An event that the protocol declares, found in the log of a service. */
  "protocol.event": { readonly protocol: string; readonly event: string; readonly line: string };
  "metric.value": { readonly name: string; readonly value: number };
  "expectation.met": { readonly expectation: string };
  "expectation.missed": {
    readonly expectation: string;
    readonly missed: number;
    readonly of: number;
  };
}

/** An event of an experiment. */
export type ExperimentEvent = {
  readonly [Type in keyof ExperimentEvents]: {
    /** Number of the event, from 1, in the order in which they happened. */
    readonly id: number;
    /** RFC 3339, UTC. */
    readonly time: string;
    readonly type: Type;
    /** The test that it belongs to, with its place in the matrix; missing where it is of the whole. */
    readonly test?: string;
    readonly service?: string;
  } & ExperimentEvents[Type];
}[keyof ExperimentEvents];
