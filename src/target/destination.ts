import { isLoopback } from "../host/address.ts";
import { isLinkLocal } from "../host/zone.ts";
import { addressProblem } from "./address.ts";
import { quote } from "./quote.ts";

/** The properties of the outgoing interface that decide where packets can get. */
export interface Outlet {
  readonly name: string;
  readonly loopback: boolean;
}

/**
 * Why no packets are sent to an address that was named as a target, as a short sentence; null when
 * they may be. Every command that sends packets checks this, for resolved addresses as well.
 *
 * @param outlet null when the routes choose the interface
 */
export function destinationProblem(address: string, outlet: Outlet | null): string | null {
  return addressProblem(address) ?? outletProblem(address, outlet);
}

/** The part of {@linkcode destinationProblem} that depends on the interface, of an address that was checked. */
export function outletProblem(address: string, outlet: Outlet | null): string | null {
  if (outlet === null && isLinkLocal(address)) {
    return `${
      quote(address)
    } is a link-local address, which needs an interface; give a global address`;
  }
  if (outlet?.loopback || !isLoopback(address)) return null;
  const where = outlet === null ? "no path leads to" : `${outlet.name} leads away from`;
  return `${quote(address)} is this host itself, which ${where}`;
}
