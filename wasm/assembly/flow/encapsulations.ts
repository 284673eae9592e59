import { allocate } from "../memory.ts";
import { numberTellsApart, tellsApart } from "../wire/encap/kinds.ts";
import { Layer, layerAt, listed } from "../wire/encap/layers.ts";
import { hash } from "./hash.ts";

// Every list of headers around packets has a number, which stands for the list in packets, keys and flows.
// Unlike a hash of the list it is never the same for two. A list is its last header and the number of
// the list without it; 0 is the empty one. Before all numbers are given, those that nothing
// has are found (see reclaim.ts), so that nothing is to be done when a flow begins or ends.

/** Octets of one list: its last header, the list that tells flows apart, whether it is used. */
const LIST: usize = 48;
const IDENTITY: usize = 40;
/** Of a free one: the next that is free. */
const FREE: usize = 40;
const USED: usize = 42;

const LISTS: u32 = 0x1_0000;
/** Places of the index, twice as many. Each is a list's number. */
const PLACES: usize = 0x2_0000;

let lists: usize = 0;
let index: usize = 0;
/** The first of those that are free again, and of those that were never taken. */
let free: u16 = 0;
let fresh: u32 = 1;
let withLabels: bool = false;

/** Numbers that are left. */
export let left: u32 = LISTS - 1;
/** How often one was taken, or none was left, since unused ones were freed. */
export let taken: u32 = 0;

/** Makes the table of lists. False when memory is used up. */
export function reserveLists(): bool {
  lists = allocate(usize(LISTS) * LIST);
  index = allocate(PLACES << 1);
  return lists != 0 && index != 0;
}

/** Sets whether lists hold what does not tell flows apart. */
export function setWithLabels(all: bool): void {
  withLabels = all;
}

/** The number of the list of the packet at hand; -1 when there is none left. */
export function listAtHand(): i32 {
  let list: u16 = 0;
  for (let i = 0; i < listed; i++) {
    const layer = layerAt(i);
    if (!withLabels && !tellsApart(layer.kind)) continue;
    if (!withLabels && !numberTellsApart(layer.kind)) layer.identifier = 0;
    list = listWith(list, layer);
    if (list == 0) return refuse();
  }
  return list;
}

function refuse(): i32 {
  taken++;
  return -1;
}

/** Of a list: the list that tells flows apart. */
export function identityOf(list: u16): u16 {
  return list == 0 ? 0 : load<u16>(at(list), IDENTITY);
}

/** The last header of a list that is not empty. Its `parent` is the list without it. */
export function lastOf(list: u16): Layer {
  return changetype<Layer>(at(list));
}

function at(list: u16): usize {
  return lists + usize(list) * LIST;
}

const reduced = changetype<Layer>(memory.data(40, 8));

/** The list of another one and a header; 0 when there is no number left. */
function listWith(list: u16, layer: Layer): u16 {
  layer.parent = list;
  let place = home(layer);
  while (true) {
    const found = load<u16>(index + (place << 1));
    if (found == 0) break;
    if (isSame(at(found), changetype<usize>(layer))) return found;
    place = after(place);
  }
  let identity: u16 = identityOf(list);
  let isItself = false;
  if (tellsApart(layer.kind)) {
    const numbered = numberTellsApart(layer.kind);
    isItself = identity == list && (numbered || layer.identifier == 0);
    if (!isItself) {
      memory.copy(changetype<usize>(reduced), changetype<usize>(layer), offsetof<Layer>());
      if (!numbered) reduced.identifier = 0;
      identity = listWith(identity, reduced);
      if (identity == 0) return 0;
    }
  }
  const made = take();
  if (made == 0) return 0;
  memory.copy(at(made), changetype<usize>(layer), offsetof<Layer>());
  store<u16>(at(made), isItself ? made : identity, IDENTITY);
  put(made);
  return made;
}

function isSame(one: usize, other: usize): bool {
  return load<u64>(one, 32) == load<u64>(other, 32) && load<u64>(one) == load<u64>(other) &&
    load<u64>(one, 8) == load<u64>(other, 8) && load<u64>(one, 16) == load<u64>(other, 16) &&
    load<u64>(one, 24) == load<u64>(other, 24);
}

function take(): u16 {
  if (left == 0) return 0;
  left--;
  taken++;
  if (free != 0) {
    const list = free;
    free = load<u16>(at(list), FREE);
    return list;
  }
  return u16(fresh++);
}

function put(list: u16): void {
  let place = home(lastOf(list));
  while (load<u16>(index + (place << 1)) != 0) place = after(place);
  store<u16>(index + (place << 1), list);
}

function home(layer: Layer): usize {
  const word = load<u64>(changetype<usize>(layer), offsetof<Layer>("identifier"));
  return usize(hash(layer.low0, layer.low1, layer.high0, layer.high1, word)) % PLACES;
}

function after(place: usize): usize {
  return (place + 1) % PLACES;
}

/** Notes that a list is used, and so all that it is made of. */
export function use(list: u16): void {
  for (let next = list; next != 0 && load<u8>(at(next), USED) == 0; next = lastOf(next).parent) {
    store<u8>(at(next), 1, USED);
    use(identityOf(next));
  }
}

/** Frees the lists of which nobody has noted that they are used. */
export function freeUnused(): void {
  memory.fill(index, 0, PLACES << 1);
  free = 0;
  left = LISTS - fresh;
  for (let list = fresh - 1; list > 0; list--) {
    const entry = at(u16(list));
    if (load<u8>(entry, USED) != 0) {
      store<u8>(entry, 0, USED);
      put(u16(list));
      continue;
    }
    store<u16>(entry, free, FREE);
    free = u16(list);
    left++;
  }
  taken = 0;
}
