import { takeBlock } from "./blocks.ts";

/** Octets of the part of a chain that keeps what it has in an annex: the annex's address, 0 without one. */
export const HANDLE: usize = 4;

/**
 * The annex of a chain's part of a flow, zeroed when it is taken; 0 when memory is used up: then the
 * chain has seen nothing.
 */
export function annex(part: usize, octets: usize): usize {
  const at: usize = load<u32>(part);
  if (at != 0) return at;
  const taken = takeBlock(octets);
  store<u32>(part, u32(taken));
  return taken;
}

/** The annex, or 0 where nothing has been taken. */
export function annexIfAny(part: usize): usize {
  return load<u32>(part);
}
