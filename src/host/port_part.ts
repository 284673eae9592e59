import type { PortRange } from "./port_range.ts";

/**
 * The part of a range in which most ports are free; of several such parts one at random, so that
 * two runs on a host rarely share it.
 *
 * @param size how many ports it has; the whole range when that has fewer
 */
export function freestPart(
  { first, last }: PortRange,
  size: number,
  isFree: (port: number) => boolean,
): PortRange {
  if (last - first + 1 <= size) return { first, last };
  let free = 0;
  for (let port = first; port < first + size; port++) free += isFree(port) ? 1 : 0;
  let most = free;
  let best = [first];
  for (let from = first + 1; from + size - 1 <= last; from++) {
    free += (isFree(from + size - 1) ? 1 : 0) - (isFree(from - 1) ? 1 : 0);
    if (free > most) [most, best] = [free, []];
    if (free === most) best.push(from);
  }
  const from = best[Math.floor(Math.random() * best.length)]!;
  return { first: from, last: from + size - 1 };
}

/**
 * Few ranges that hold all of some ports: ports that lie between may be in them too.
 *
 * @param ports in ascending order
 * @param most how many ranges at most, 1 or more
 */
export function rangesAround(ports: readonly number[], most: number): readonly PortRange[] {
  const gaps = ports.slice(1).map((port, at) => ({ at: at + 1, width: port - ports[at]! }))
    .filter(({ width }) => width > 1)
    .sort((a, b) => b.width - a.width)
    .slice(0, most - 1);
  const starts = [0, ...gaps.map(({ at }) => at).sort((a, b) => a - b)];
  return ports.length === 0 ? [] : starts.map((at, i) => ({
    first: ports[at]!,
    last: ports[(starts[i + 1] ?? ports.length) - 1]!,
  }));
}
