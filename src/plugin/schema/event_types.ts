import type { ExperimentEvent } from "../../contract/experiment_event.ts";

type EventType = ExperimentEvent["type"];

/** Each type of event; as a record, so that none is missing. */
const TYPES: Readonly<Record<EventType, true>> = {
  "experiment.began": true,
  "experiment.ended": true,
  "plugin.loaded": true,
  "environment.up": true,
  "environment.down": true,
  "environment.output": true,
  "network.fault": true,
  "test.state": true,
  "service.starting": true,
  "service.ready": true,
  "service.stopped": true,
  "step.began": true,
  "step.ended": true,
  "protocol.event": true,
  "metric.value": true,
  "expectation.met": true,
  "expectation.missed": true,
};

/** The types of events of experiments. */
export const EVENT_TYPES = Object.keys(TYPES) as [EventType, ...EventType[]];
