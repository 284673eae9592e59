import { Failure } from "../../host/failure.ts";
import { count } from "../../host/quantity.ts";
import { UsageError } from "../../host/usage_error.ts";
import { digestOf } from "./group.ts";
import { readAddresses, type Stretch, stretchesOf } from "./prefixes.ts";
import { addressesIn, type AddressRange, inBoth, merged } from "./ranges.ts";
import { WalkSource } from "./source.ts";
import { PrefixSpace } from "./space.ts";
import { allElsewhere, type TargetRequest, type Targets } from "./targets.ts";

/**
 * All ports of the addresses in prefixes.
 *
 * @throws {UsageError} for what is no prefix, for none, and for too many targets
 * @throws {Failure} when blocklists, allowlist and ways out leave nothing
 */
export function prefixed(
  prefixes: readonly string[],
  { wasm, ports, blocked, allowed, elsewhere, part }: TargetRequest,
): Targets {
  const named = readAddresses(prefixes);
  const stretches = stretchesOf(named, allowed);
  const space = new PrefixSpace(wasm, stretches, ports, part.seed);
  if (space.size === 0) {
    throw prefixes.length === 0
      ? new UsageError("no target: name a prefix, such as 192.0.2.0/24, or an address")
      : new Failure(
        "the allowlist and the prefixes have no address in common: correct one of them",
      );
  }
  if (blockedIn(stretches, blocked) * ports.length === space.size) {
    throw new Failure(
      `the blocklists leave nothing of ${
        count(space.size)
      } targets: name other prefixes; special ` +
        "addresses are blocked unless --no-default-blocklist is given",
    );
  }
  const passed = blockedIn(stretches, merged([...blocked, ...elsewhere]));
  const left = space.size - passed * ports.length;
  if (left === 0) throw allElsewhere();
  return {
    size: left / part.shards,
    left,
    restricted: named.patterns.length > 0,
    warnings: named.warnings,
    identity: identityOf(stretches, ports),
    source: (position, until) => new WalkSource(wasm, space, { ...part, position, until }),
  };
}

/** How many addresses of stretches are blocked; of those with interface ids only where all are. */
function blockedIn(stretches: readonly Stretch[], blocked: readonly AddressRange[]): number {
  const plain = merged(
    stretches.filter(({ shift }) => shift === 0).map(({ first, each }) => ({
      first,
      last: first + each - 1n,
    })),
  );
  const whole = stretches.filter(({ shift }) => shift > 0).filter((stretch) => {
    const range = { first: stretch.first, last: lastOf(stretch) };
    return addressesIn(inBoth([range], blocked)) === range.last - range.first + 1n;
  });
  return whole.reduce(
    (sum, { subnets, each }) => sum + Number(subnets * each),
    Number(addressesIn(inBoth(plain, blocked))),
  );
}

function lastOf({ first, subnets, each, shift, random }: Stretch): bigint {
  const within = random ? 1n << BigInt(shift) : each;
  return first + (subnets - 1n << BigInt(shift)) + within - 1n;
}

function identityOf(stretches: readonly Stretch[], ports: readonly number[]): string {
  const texts = stretches.map(({ first, subnets, each, shift, random }) =>
    [first, subnets, each, shift, random].join(" ")
  );
  return digestOf(texts.join("\n"), ports.join()).toString("hex").slice(0, 32);
}
