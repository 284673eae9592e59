import { expectFound, guess, peek } from "./flow/index.ts";
import { Key, key } from "./flow/key.ts";
import { flowSize } from "./flow/pool.ts";
import { packet } from "./packet.ts";

// Where there are many flows, each packet's is a wait for far memory, and only waits that stand side
// by side, with little between them, go on at the same time. So packets are read some at a time and
// set aside here, their flows are fetched, and then they are counted in their order.

/** Packets that are set aside at once. */
export const WINDOW: usize = 32;

/** Octets of one packet's place: `Packet`, then `Key`. */
const PLACE: usize = 96;
const KEY: usize = 48;
const places: usize = memory.data(3072, 64);
const flows: usize = memory.data(128, 64);

/** Takes what was read ahead, which would not be read if it had no effect: not even a global is one that nobody reads. */
const sink: usize = memory.data(8, 8);

/** Sets aside the packet at hand with its key. */
export function setAside(i: usize): void {
  const place = places + i * PLACE;
  move(place, changetype<usize>(packet));
  move(place + KEY, changetype<usize>(key));
}

/** Makes a packet that was set aside the one at hand, with its key. */
export function takeUp(i: usize): void {
  const place = places + i * PLACE;
  move(changetype<usize>(packet), place);
  move(changetype<usize>(key), place + KEY);
  expectFound(load<u32>(flows + (i << 2)));
}

/** Reads what counting the first packets that were set aside will read: the index, then their flows. */
export function fetch(count: usize): void {
  let sum: u64 = 0;
  // No branch hangs on what is read: one that was taken wrongly would wait for it
  for (let i: usize = 0; i < count; i++) sum += peek(hashOf(i));
  for (let i: usize = 0; i < count; i++) store<u32>(flows + (i << 2), guess(hashOf(i)));
  for (let i: usize = 0; i < count; i++) {
    const flow: usize = load<u32>(flows + (i << 2));
    sum += load<u64>(flow) + load<u64>(flow, 64);
  }
  store<u64>(sink, flowSize() > 128 ? sum + fetchRest(count) : sum);
}

/** The same of flows that are longer than two cache lines: they need not begin with one, and may end in yet another. */
function fetchRest(count: usize): u64 {
  const last = flowSize() - 8;
  const fourth = min<usize>(192, last);
  let sum: u64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const flow: usize = load<u32>(flows + (i << 2));
    sum += load<u64>(flow, 128) + load<u64>(flow + fourth) + load<u64>(flow + last);
  }
  return sum;
}

function hashOf(i: usize): u32 {
  return load<u32>(places + i * PLACE + KEY, offsetof<Key>("hash"));
}

function move(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
}
