import { addressBytes, addressText } from "../../../host/address.ts";
import { type LabFile, labFile, type MiddleboxEntry } from "../../file/lab_file.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import type { Network } from "../../topology/addresses.ts";

/** Hosts of the usual topology. */
export const CLIENT = "client";
export const SERVER = "server";
const ROUTER = "edge";

/** Where the prefixes of the usual topology begin. */
const BEGINS = { 4: addressBytes("10.20.0.0"), 6: addressBytes("fd53:20::") } as const;
/** The most addresses of IPv4 that all prefixes together have: 10.20.0.0/10 is nobody else's here. */
const MOST_BITS = 22;

/** A middlebox of the matrix, before the prefix of one place. */
export interface PlacedBox {
  readonly entry: Exclude<MiddleboxEntry, string>;
  /** The place of the prefix; null where it meets everything. */
  readonly place: number | null;
}

/** How many bits the addresses of a place take. */
export function bitsFor(targets: number): number {
  return Math.ceil(Math.log2(targets + 2));
}

/** Whether there is room for that many places. */
export function hasRoom(places: number, bits: number): boolean {
  return Math.ceil(Math.log2(places)) + bits <= MOST_BITS;
}

/** A client and a server, and a router between them with middleboxes. */
export function usualTopology(
  places: number,
  bits: number,
  boxes: readonly PlacedBox[],
): LabFile {
  const all = Math.ceil(Math.log2(places)) + bits;
  const prefix = (place: number) => [
    `${address(4, place, bits, 0)}/${32 - bits}`,
    `${address(6, place, bits, 0)}/${128 - bits}`,
  ];
  return labFile.parse({
    hosts: {
      [CLIENT]: {},
      [SERVER]: {
        serves: [`${addressText(BEGINS[4])}/${32 - all}`, `${addressText(BEGINS[6])}/${128 - all}`],
      },
    },
    routers: {
      [ROUTER]: {
        middleboxes: boxes.map(({ entry, place }) => ({
          ...entry,
          ...(place === null ? {} : { to: prefix(place) }),
        })),
      },
    },
    links: [[CLIENT, ROUTER], [ROUTER, SERVER]],
  });
}

/** An address of a place of the usual topology, from 1 on. */
export function address(family: 4 | 6, place: number, bits: number, number: number): string {
  return counted(BEGINS[family], place * 2 ** bits + number);
}

/** Addresses at which a host of any other topology answers; fewer where it has not so many. */
export function addressesOf(
  { nodes }: LabPlan,
  host: string,
  family: 4 | 6,
  count: number,
): readonly string[] {
  const node = nodes.find(({ name }) => name === host);
  if (node === undefined) return [];
  const served = node.serves.filter((network) => network.family === family);
  if (served.length > 0) {
    return served.flatMap((network) => within(network, count)).slice(0, count);
  }
  return node.interfaces.flatMap(({ addresses }) => addresses)
    .filter((one) => one.family === family).map((one) => one.address).slice(0, 1);
}

function within({ octets, bits, family }: Network, count: number): string[] {
  const free = (family === 4 ? 32 : 128) - bits;
  if (free === 0) return [addressText(octets)];
  const most = Math.min(count, 2 ** Math.min(free, 30) - 1);
  return Array.from({ length: most }, (_, at) => counted(octets, at + 1));
}

function counted(begin: Uint8Array, number: number): string {
  const octets = begin.slice();
  let rest = number;
  for (let at = octets.length - 1; rest > 0; at--) {
    const sum = octets[at]! + rest % 256;
    octets[at] = sum & 255;
    rest = Math.floor(rest / 256) + (sum >> 8);
  }
  return addressText(octets);
}
