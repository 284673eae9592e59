import { Failure } from "./failure.ts";
import { defaultInterfaces, type Interface, interfaceNamed, sourceAddress } from "./interface.ts";
import type { Changes } from "./link_watch.ts";

/**
 * A check that interfaces stay usable: up, connected, with the addresses that connections are made
 * from. What a host does not receive while its own interface is down, or at an address that it no
 * longer has, has nothing to do with any path.
 *
 * @returns what throws a `Failure` as soon as one is not; changes of others are passed over
 */
export function staysUsable(devices: readonly Interface[]): (changes: Changes) => void {
  const before = new Map(devices.map((device) => [device.index, device]));
  return ({ links, lost }) => {
    for (const [index, device] of before) {
      if (lost || links.has(index)) before.set(index, compared(device));
    }
  };
}

/**
 * A check that the kernel goes on sending to the Internet through interfaces that are watched:
 * where sockets are bound to none, packets that leave elsewhere would not be seen.
 *
 * @param sources the addresses that connections are made from, by IP version, where that is fixed
 * @returns what throws a `Failure` as soon as it does not
 */
export function staysOnTheWay(
  devices: readonly Interface[],
  sources: { readonly 4?: string; readonly 6?: string } = {},
): (changes: Changes) => void {
  const names = devices.map(({ name }) => name);
  // Targets that leave elsewhere from the start are reported one by one
  const known = new Set([...names, ...defaultInterfaces(sources)]);
  return ({ links, routes, rules, lost }) => {
    if (!routes && !rules && !lost && links.size === 0) return;
    const elsewhere = defaultInterfaces(sources).find((name) => !known.has(name));
    if (elsewhere === undefined) return;
    throw new Failure(
      `the outgoing interface changed from ${
        names.join(", ")
      } to ${elsewhere} during the run, and what leaves ` +
        `there is not watched: run again for the targets that have no result`,
    );
  };
}

/** How an interface is now. Throws a `Failure` when it can no longer be used as before. */
function compared(before: Interface): Interface {
  const now = interfaceNamed(before.name);
  for (const family of [4, 6] as const) {
    const had = addresses(before, family);
    if (had.length > 0) sourceAddress(now, family);
    const lost = had.find((address) =>
      !before.deprecated.includes(address) && !addresses(now, family).includes(address)
    );
    if (lost !== undefined) {
      throw new Failure(
        `the address ${lost} went away from ${now.name} during the run, and with it the answers to ` +
          `what was sent from it: run again for the targets that have no result`,
      );
    }
  }
  return now;
}

function addresses(device: Interface, family: 4 | 6): readonly string[] {
  return family === 4 ? device.ipv4 : device.ipv6;
}
