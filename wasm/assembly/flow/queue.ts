import { Flow } from "./flow.ts";

/** First in, first out, linked through the flows both ways: for those that stand in no slot of the wheel. */
@unmanaged
export class Queue {
  first: usize;
  last: usize;
}

/** Flows that left the table and wait to be written. */
export const done = changetype<Queue>(memory.data(offsetof<Queue>(), 8));
/** Flows that are complete or released and stay for late packets; their turn comes in this order. */
export const lingering = changetype<Queue>(memory.data(offsetof<Queue>(), 8));
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
  if (flow != 0) withdraw(queue, flow);
  return flow;
}

/** Takes a flow that stands in no slot of the wheel out of a queue, if it is there. */
export function withdraw(queue: Queue, at: usize): void {
  const flow = changetype<Flow>(at);
  if (queue.first == at) queue.first = flow.next;
  else if (flow.previous != 0) changetype<Flow>(flow.previous).next = flow.next;
  else return;
  if (queue.last == at) queue.last = flow.previous;
  else changetype<Flow>(flow.next).previous = flow.previous;
}
