import type { Middlebox, MiddleboxArgument, TransitDirection } from "../../contract/middlebox.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { Service, ServicePort } from "../../contract/service.ts";
import type { LinkEndAddress, Network } from "./addresses.ts";

/** A lab as it is built: everything is decided. */
export interface LabPlan {
  readonly name: string;
  readonly seed: number;
  readonly nodes: readonly PlannedNode[];
  readonly links: readonly PlannedLink[];
}

/** A host or a router: a network namespace. */
export interface PlannedNode {
  readonly name: string;
  /** The name of its namespace. */
  readonly namespace: string;
  readonly isRouter: boolean;
  /** The prefixes that it answers at. */
  readonly serves: readonly Network[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** In the order of the links. */
  readonly interfaces: readonly PlannedInterface[];
  readonly routes: readonly PlannedRoute[];
  readonly boxes: readonly PlannedBox[];
  readonly services: readonly PlannedService[];
}

/** A service on a host. */
export interface PlannedService {
  readonly service: Service;
  /** What it speaks, and where. */
  readonly ports: readonly ServicePort[];
  readonly options: OptionValues;
  /** Milliseconds that it may take until it is ready. */
  readonly timeout: number;
  /** By the names of protocols: a datagram that servers answer. */
  readonly greetings: Readonly<Record<string, readonly number[]>>;
}

/** A node's end of a link. */
export interface PlannedInterface {
  /** Its name: eth0 is that of the node's first link. */
  readonly name: string;
  /** Its number in the kernel, which no other interface of the lab has. */
  readonly index: number;
  readonly link: PlannedLink;
  readonly addresses: readonly LinkEndAddress[];
}

/** A link between two nodes. */
export interface PlannedLink {
  /** From 0, as in the file. */
  readonly number: number;
  /** Names of its two nodes. */
  readonly between: readonly [string, string];
  /** Bits a second each way; null for as fast as it goes. */
  readonly rate: number | null;
  /** Milliseconds. */
  readonly delay: number;
  /** Milliseconds more or less. */
  readonly jitter: number;
  /** Probability that a packet is lost. */
  readonly loss: number;
  /** Octets. */
  readonly mtu: number;
  /** Whether it is a tunnel over the other links, of IP in IPv4 (RFC 2003, RFC 4213). */
  readonly tunnel: boolean;
}

/** A route: to a prefix by one way, or by several that are equally good. */
export interface PlannedRoute {
  readonly to: Network;
  readonly hops: readonly { readonly address: string; readonly interface: string }[];
}

/** A middlebox on a router. */
export interface PlannedBox {
  /** As it was written: `mss-clamp:536`. */
  readonly written: string;
  readonly box: Middlebox;
  readonly value: MiddleboxArgument;
  /** What lies behind it; null for everything. */
  readonly to: readonly Network[] | null;
  readonly port: number | null;
  readonly direction: TransitDirection | null;
  readonly probability: number | null;
}

/** A middlebox and what it meets, in words: `drop to 10.20.1.0/24, port 53`. */
export function boxText({ written, to, port, direction, probability }: PlannedBox): string {
  const narrowed = [
    ...(to === null ? [] : [`to ${to.map(({ text }) => text).join(", ")}`]),
    ...(port === null ? [] : [`port ${port}`]),
    ...(direction === null ? [] : [`direction ${direction}`]),
    ...(probability === null ? [] : [`probability ${probability}`]),
  ];
  return [written, narrowed.join(", ")].filter((part) => part !== "").join(" ");
}

/** Whether what happens on a link takes the program. */
export function isShaped({ delay, jitter, loss }: PlannedLink): boolean {
  return delay > 0 || jitter > 0 || loss > 0;
}

/** The interface whose address is that of a node's tunnels on the outside. */
export function outerInterface(
  interfaces: readonly PlannedInterface[],
): PlannedInterface | undefined {
  return interfaces.find(({ link }) => !link.tunnel);
}
