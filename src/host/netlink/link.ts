import { addressText, AF_INET, AF_INET6 } from "../address.ts";
import {
  aligned,
  type Attributes,
  joined,
  type NetlinkMessage,
  numberAttribute,
  numberIn,
  readAttributes,
  textIn,
  viewOf,
} from "./message.ts";
import type { NetlinkSocket } from "./socket.ts";

/** Types of rtnetlink's messages of links and addresses (rtnetlink(7)). */
export const LINK = { added: 16, removed: 17, ask: 18 } as const;
/** See {@linkcode LINK}. */
export const ADDRESS = { added: 20, removed: 21, ask: 22 } as const;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_EXT_MASK = 29;
const IFLA_PROP_LIST = 52;
const IFLA_ALT_IFNAME = 53;
const RTEXT_FILTER_SKIP_STATS = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_FLAGS = 8;
/** Octets of `struct ifinfomsg`. */
const LINK_HEADER = 16;
/** Octets of `struct ifaddrmsg`. */
const ADDRESS_HEADER = 8;

/** Bits of a link's flags (netdevice(7)). */
export const LINK_FLAG = { up: 0x1, loopback: 0x8, carrier: 0x10000 } as const;
/** Bits of an address's flags. */
export const ADDRESS_FLAG = { failed: 0x08, deprecated: 0x20, tentative: 0x40 } as const;
/** How far an address is valid. */
export const SCOPE = { global: 0, site: 200, host: 254 } as const;

/** A link as the kernel reports it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  readonly alternatives: readonly string[];
  /** Bits of {@linkcode LINK_FLAG}. */
  readonly flags: number;
  /** What kind of link it is, as linux/if_arp.h numbers them. */
  readonly type: number;
  /** Its own link address; empty where it has none. */
  readonly address: Uint8Array;
  /** The most octets of an IP packet. */
  readonly mtu: number;
}

/** An address of a link as the kernel reports it. */
export interface LinkAddress {
  readonly index: number;
  readonly family: 4 | 6;
  /** Our own, where the link has two ends. */
  readonly address: string;
  /** One of {@linkcode SCOPE}, or a number between. */
  readonly scope: number;
  /** Bits of {@linkcode ADDRESS_FLAG}. */
  readonly flags: number;
}

/** Every link of this network namespace. */
export function dumpLinks(socket: NetlinkSocket): readonly Link[] {
  const body = joined([
    new Uint8Array(LINK_HEADER),
    numberAttribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS),
  ]);
  return socket.dump({ type: LINK.ask, body }, readLink).entries;
}

/** Every address of this network namespace, in the kernel's order. */
export function dumpAddresses(socket: NetlinkSocket): readonly LinkAddress[] {
  const body = new Uint8Array(ADDRESS_HEADER);
  return socket.dump({ type: ADDRESS.ask, body }, readAddress).entries;
}

/** The number of the link that a message of links or of addresses is about. */
export function linkIndex({ body }: NetlinkMessage): number {
  return body.length < ADDRESS_HEADER ? 0 : viewOf(body).getUint32(4, true);
}

/** The link that a message is about; null when it does not name it. */
export function readLink({ body }: NetlinkMessage): Link | null {
  if (body.length < LINK_HEADER) return null;
  const view = viewOf(body);
  const attributes = readAttributes(body, LINK_HEADER);
  const name = textIn(attributes, IFLA_IFNAME);
  if (name === undefined) return null;
  return {
    index: view.getInt32(4, true),
    name,
    alternatives: alternativeNames(attributes),
    flags: view.getUint32(8, true),
    type: view.getUint16(2, true),
    address: attributes.get(IFLA_ADDRESS) ?? new Uint8Array(0),
    mtu: numberIn(attributes, IFLA_MTU) ?? 0,
  };
}

/** The list holds attributes that all have the same number. */
function alternativeNames(attributes: Attributes): string[] {
  const list = attributes.get(IFLA_PROP_LIST);
  const names: string[] = [];
  for (let at = 0; list !== undefined && at + 4 <= list.length;) {
    const length = viewOf(list).getUint16(at, true);
    if (length < 4) break;
    const name = textIn(readAttributes(list.subarray(at, at + length), 0), IFLA_ALT_IFNAME);
    if (name !== undefined) names.push(name);
    at += aligned(length);
  }
  return names;
}

function readAddress({ body }: NetlinkMessage): LinkAddress | null {
  if (body.length < ADDRESS_HEADER) return null;
  const family = body[0] === AF_INET ? 4 : body[0] === AF_INET6 ? 6 : null;
  const attributes = readAttributes(body, ADDRESS_HEADER);
  const octets = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (family === null || octets?.length !== (family === 4 ? 4 : 16)) return null;
  return {
    index: viewOf(body).getUint32(4, true),
    family,
    address: addressText(octets),
    scope: body[3]!,
    flags: numberIn(attributes, IFA_FLAGS) ?? body[2]!,
  };
}
