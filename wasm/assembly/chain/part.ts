import { integer, word } from "../output/field.ts";

/** Kept a flow. */
@unmanaged
class State {
  number: u32;
  /** Why the record ended, see flow/parts.ts; 0 before. */
  end: u8;
}

export const NAME = "part";
export const SUMMARY =
  "Parts of flows that are longer than the active timeout, and why records end";
export const SIZE: usize = offsetof<State>();

export function declare(): void {
  integer(
    "part_number",
    offsetof<State>("number"),
    4,
    "which record of its flow it is, from 1 on: a flow that is longer than --active has more than one",
  );
  word(
    "part_end",
    offsetof<State>("end"),
    "idle active end forced resources",
    "why the record ends (RFC 5102, section 5.11.3): idle, active (the flow goes on), end (it was complete, or another connection got its ports), forced (the observation ended), resources (the table was full); null before",
  );
}

/** For every packet. */
export function update(at: usize): void {
  if (changetype<State>(at).number == 0) changetype<State>(at).number = 1;
}

/** The next part of a flow. */
export function goOn(from: usize, to: usize): void {
  changetype<State>(to).number = changetype<State>(from).number + 1;
}

/** The record is to be written. */
export function ended(at: usize, reason: u8): void {
  changetype<State>(at).end = reason;
}
