import {
  addresses,
  framed,
  type Mutant,
  octets,
  pick,
  ports,
  type Random,
  someOptions,
} from "./mutants.ts";
import { ACK, ip4, ip6, SYN, type Tcp, tcp, timestamps } from "./packets.ts";

/** Makes segments of one pair of ends, there and back, at a time or a while after. */
function between(next: Random, time: number, link: number) {
  const version = link === 228 ? 4 : link === 229 ? 6 : pick(next, [4, 6] as const);
  const { source, destination } = addresses(next, version);
  const [near, far] = [ports(next), ports(next)];
  return (reverse: boolean, segment: Tcp, after = 0): Mutant => {
    const payload = tcp({
      source: reverse ? far : near,
      destination: reverse ? near : far,
      ...segment,
    });
    const ends = reverse ? { source: destination, destination: source } : { source, destination };
    const whole = framed(version === 4 ? ip4(payload, ends) : ip6(payload, ends), link, next);
    return { frame: { time: time + after, data: whole }, cut: whole.slice(whole.length) };
  };
}

/**
 * What chance alone seldom makes: segments of one connection, of which two have changed places, and two
 * more in both directions so much later that the clock of all their timestamps has gone on.
 */
export function overtaken(next: Random, time: number, link: number): Mutant[] {
  const make = between(next, time, link);
  const segment = (reverse: boolean, sequence: number, after = 0) => {
    const options = timestamps(Math.floor((time + after) * 1000) % 2 ** 32, 0);
    return make(reverse, { sequence, options, payload: octets(next, 10) }, after);
  };
  const begins = next(2) === 0;
  return [
    ...[segment(begins, 500), segment(false, 100), segment(false, 120), segment(false, 110)],
    ...[segment(false, 130, 2), segment(true, 600, 2)],
  ];
}

/**
 * A segment of a connection, and the handshake of another one on its ports, with whose SYN something may be
 * wrong: that it is cut, is sent again, or is not the one that is answered.
 */
export function reused(next: Random, time: number, link: number): Mutant[] {
  const make = between(next, time, link);
  const sequence = 1000 + next(2 ** 32 - 1000);
  const payload = octets(next, next(3) * next(20));
  const { frame } = make(false, { flags: SYN, sequence, payload, options: someOptions(next) });
  const captured = next(4) === 0 ? next(frame.data.length) : frame.data.length;
  const wire = frame.data.length;
  const syn = {
    frame: { time, data: frame.data.slice(0, captured), wire },
    cut: frame.data.slice(captured),
  };
  const other = make(next(2) === 0, { flags: pick(next, [SYN, ACK]), sequence: next(8) });
  const acknowledgment = (sequence + 1 + next(next(4) === 0 ? 3 : 1)) % 2 ** 32;
  return [
    make(next(2) === 0, { flags: ACK, sequence: 7 }),
    syn,
    pick(next, [syn, syn, syn, other]),
    make(true, { flags: SYN | ACK, sequence: next(2 ** 32), acknowledgment }),
  ];
}
