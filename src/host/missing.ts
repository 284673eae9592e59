import { addressBytes, addressText } from "./address.ts";
import { Failure } from "./failure.ts";

/**
 * There is no interface of a name.
 *
 * @param known the names of those that there are
 */
export function noInterface(name: string, known?: readonly string[]): Failure {
  const advice = known === undefined
    ? "see `ip link` for those there are"
    : `choose one of ${known.join(", ")}`;
  return new Failure(`there is no interface ${name}: ${advice}`);
}

/** An address to send from is not one of this host. */
export function noAddress(address: string): Failure {
  return new Failure(
    `this host has no address ${addressText(addressBytes(address))} to send from: see ` +
      "`ip address` for those it has",
  );
}
