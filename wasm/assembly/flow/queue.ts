import { Flow, READY } from "./flow.ts";

/** First in, first out, linked both ways through the flows: for those that stand in no slot of the wheel. */
@unmanaged
export class Queue {
  first: usize;
  last: usize;
}

/** Flows that left the table and wait to be written. */
export const done = changetype<Queue>(memory.data(offsetof<Queue>(), 8));
/** Expected flows that are complete, waiting for the program to be told. */
export const ready = changetype<Queue>(memory.data(offsetof<Queue>(), 8));

export function push(queue: Queue, flow: usize): void {
  changetype<Flow>(flow).next = 0;
  changetype<Flow>(flow).previous = queue.last;
  if (queue.first == 0) queue.first = flow;
  else changetype<Flow>(queue.last).next = flow;
  queue.last = flow;
}

/** The first flow of a queue, taken out; 0 when it is empty. */
export function shift(queue: Queue): usize {
  const flow = queue.first;
  if (flow != 0) queue.first = changetype<Flow>(flow).next;
  return flow;
}
