import type { ExperimentEvent, ExperimentEvents } from "../../../contract/experiment_event.ts";

/** What an event belongs to. */
export interface EventPlace {
  readonly test?: string;
  readonly service?: string;
}

/** Gives everyone who listens what happens in an experiment, each event with a number of its own. */
export class EventBus {
  readonly #listeners = new Set<(event: ExperimentEvent) => void>();
  #last = 0;

  /** Calls back with each event, until the returned function is called. */
  listen(each: (event: ExperimentEvent) => void): () => void {
    this.#listeners.add(each);
    return () => this.#listeners.delete(each);
  }

  /** Tells what has happened. */
  emit<Type extends keyof ExperimentEvents>(
    type: Type,
    data: ExperimentEvents[Type],
    place: EventPlace = {},
  ): void {
    const event = {
      id: ++this.#last,
      time: new Date().toISOString(),
      type,
      ...place,
      ...data,
    } as unknown as ExperimentEvent;
    for (const each of this.#listeners) each(event);
  }
}
