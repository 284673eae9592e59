/** The message is at fault, or ends where the capture does. */
class Fault extends Error {}
class Cut extends Error {}

const OPCODES = [0, 2, 4, 5, 6];
const RCODES = 12;

/** Whether captured octets, of a number on the wire, are a valid DNS response. */
export function slowDnsResponse(octets: readonly number[], length: number): boolean {
  if (length < 12 || octets.length < 12) return false;
  const opcode = (octets[2]! >> 3) & 15;
  const rcode = octets[3]! & 15;
  if (octets[2]! < 128 || !OPCODES.includes(opcode) || rcode >= RCODES) return false;
  const [questions, ...sections] = [4, 6, 8, 10].map((at) => octets[at]! * 256 + octets[at + 1]!);
  const records = sections.reduce((sum, count) => sum + count, 0);
  if (opcode === 0 && questions! > 1) return false;
  if (opcode === 0 && questions === 0 && rcode === 0) return false;
  if (12 + 5 * questions! + 11 * records > length) return false;
  const there = octets.slice(0, length);
  const take = (at: number, count: number): number => {
    if (at + count > length) throw new Fault();
    if (at + count > there.length) throw new Cut();
    return at + count;
  };
  const name = (begin: number): number => {
    let at = begin;
    for (;;) {
      const size = there[at] ?? 0;
      const next = take(at, 1);
      if (size === 0) return next;
      if (size >= 192) {
        const end = take(next, 1);
        const target = (size - 192) * 256 + there[next]!;
        if (target < 12 || target >= begin) throw new Fault();
        return end;
      }
      if (size >= 64) throw new Fault();
      at = take(next, size);
      if (at - begin > 254) throw new Fault();
    }
  };
  /** Type and class at a place: neither is 0, except the class of OPT. */
  const kind = (at: number): void => {
    const [type, klass] = [at, at + 2].map((place) => there[place]! * 256 + there[place + 1]!);
    if (type === 0 || klass === 0 && type !== 41) throw new Fault();
  };
  let at = 12;
  try {
    for (let i = 0; i < questions!; i++) {
      at = take(name(at), 4);
      kind(at - 4);
    }
  } catch (error) {
    if (error instanceof Fault || error instanceof Cut) return false;
    throw error;
  }
  try {
    for (let i = 0; i < records; i++) {
      at = take(name(at), 10);
      kind(at - 10);
      at = take(at, there[at - 2]! * 256 + there[at - 1]!);
    }
  } catch (error) {
    if (error instanceof Cut) return true;
    if (error instanceof Fault) return false;
    throw error;
  }
  return true;
}
