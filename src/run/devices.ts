import { addressBytes, addressText, isAddress } from "../host/address.ts";
import {
  defaultInterfaces,
  type Interface,
  interfaceNamed,
  ownAddresses,
} from "../host/interface.ts";
import type { RunRequest } from "./request.ts";
import { field, requestError } from "./request_error.ts";

/** The addresses to send from, by IP version. */
export interface Sources {
  readonly 4?: string;
  readonly 6?: string;
}

/**
 * The interfaces to watch, that by which most leaves first: those that were named, which must have the
 * addresses to send from; else those by which the kernel sends to the Internet from them.
 *
 * @param needed whether there must be one
 * @throws {RequestError} when what was named does not go together
 */
export function devicesFor(
  request: Pick<RunRequest, "interfaces" | "isolate" | "locate">,
  sources: Sources,
  needed: boolean,
): readonly Interface[] {
  const { interfaces: names, isolate, locate } = request;
  const given = Object.values(sources);
  if (names.length === 0) {
    checkOwn("sources", given);
    if (!needed) return [];
    const [first, ...further] = defaultInterfaces(sources).map(interfaceNamed);
    // What works on one interface alone follows the first
    return isolate || locate ? [first!] : [first!, ...further.filter(({ up }) => up)];
  }
  const devices = names.map(interfaceNamed);
  const twice = devices.find(({ index }, at) =>
    devices.findIndex((other) => other.index === index) !== at
  );
  if (twice !== undefined) {
    throw requestError`${field("interfaces")} names ${twice.name} twice; name it once`;
  }
  const own = devices.flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]);
  checkOwn("sources", given, own, names);
  checkFurther(request, devices.slice(1));
  return devices;
}

/**
 * The addresses to send from.
 *
 * @throws {RequestError} when one is no address, or two are of one IP version
 */
export function sourcesOf(given: readonly string[]): Sources {
  const sources: { 4?: string; 6?: string } = {};
  for (const address of given) {
    const { text, version } = checkedSource("sources", address);
    if (sources[version] !== undefined) {
      throw requestError`${field("sources")} names two IPv${version} addresses; give one`;
    }
    sources[version] = text;
  }
  return sources;
}

/**
 * An address to send from, in its one text.
 *
 * @param name that of the field of the request that holds it
 * @throws {RequestError} when it is none
 */
export function checkedSource(
  name: string,
  address: string,
): { readonly text: string; readonly version: 4 | 6 } {
  if (!isAddress(address)) {
    throw requestError`${field(name)} must be an IPv4 or IPv6 address, not ${address}`;
  }
  return { text: addressText(addressBytes(address)), version: address.includes(":") ? 6 : 4 };
}

/** What works on one interface alone. */
function checkFurther(
  { isolate, locate }: Pick<RunRequest, "isolate" | "locate">,
  further: readonly Interface[],
): void {
  if (further.length === 0) return;
  if (isolate) {
    throw requestError`${
      field("isolate")
    } clones one interface, and answers on another would not come there: give one ${
      field("interfaces")
    }, or leave out ${field("isolate")}`;
  }
  if (locate) {
    throw requestError`${
      field("locate")
    } listens on one interface, and answers on another would look like silence: give one ${
      field("interfaces")
    }, or leave out ${field("locate")}`;
  }
}

/**
 * Checks that addresses to send from are there.
 *
 * @param name that of the field of the request that holds them
 * @param own those that there are; of the whole host when missing
 * @param owners who has these
 * @throws {RequestError} when one is not
 */
export function checkOwn(
  name: string,
  given: readonly string[],
  own: readonly string[] = ownAddresses(),
  owners: readonly string[] = ["this host"],
): void {
  for (const address of given) {
    if (own.includes(address)) continue;
    const family = address.includes(":") ? 6 : 4;
    const same = own.filter((one) => one.includes(":") === (family === 6));
    const has = same.length === 0 ? `no IPv${family} address` : same.join(", ");
    const whose = owners.join(" or ");
    const verb = owners.length === 1 ? "has" : "have";
    throw requestError`${field(name, address)} is not an address of ${whose}, which ${verb} ${has}`;
  }
}
