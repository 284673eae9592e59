import type { Peer, Service } from "../../contract/service.ts";
import type { PlannedNode, PlannedService } from "../topology/network_plan.ts";

/** A service, and where it is met. */
export interface ServiceAt {
  readonly name: string;
  readonly planned: Pick<PlannedService, "service" | "ports">;
  readonly addresses: readonly string[];
}

/** What a service is told of others: those that speak one of its protocols. */
export function peersOf({ speaks }: Pick<Service, "speaks">, others: readonly ServiceAt[]): Peer[] {
  const protocols = speaks.map(({ protocol }) => protocol);
  return others.flatMap(({ name, planned: { service, ports }, addresses }) => {
    const { families = [4, 6] } = service;
    const met = addresses.filter((address) => families.includes(address.includes(":") ? 6 : 4));
    return ports.filter(({ protocol }) => protocols.includes(protocol)).flatMap((port) => {
      const { role } = service.speaks.find(({ protocol }) => protocol === port.protocol)!;
      return met.map((address) => ({ name, role, address, port }));
    });
  });
}

/** The addresses of a host on its first link, where it is met whatever it serves besides. */
export function addressesOf({ interfaces: [first] }: PlannedNode): string[] {
  return first?.addresses.map(({ address }) => address) ?? [];
}
