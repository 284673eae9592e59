/**
 * Answers questions from inside a namespace, for tests: `inside.ts FUNCTION ARGUMENT`. Writes the
 * answer as JSON, or `{"failure": message}`.
 */
import { addressBytes } from "../../src/host/address.ts";
import { documentationBlocks } from "../../src/host/documentation.ts";
import { EcnRoute } from "../../src/host/ecn_route.ts";
import { Failure } from "../../src/host/failure.ts";
import {
  defaultInterface,
  interfaceNamed,
  interfaces,
  sourceAddress,
} from "../../src/host/interface.ts";
import { Isolation } from "../../src/host/isolation.ts";
import { Journal } from "../../src/host/journal.ts";
import { linkAddressOf, linkFacts } from "../../src/host/neighbour.ts";
import { OnlySource } from "../../src/host/only_source.ts";
import { Reactor } from "../../src/host/reactor.ts";
import { findWay, isWay, whyNoWay } from "../../src/host/route_lookup.ts";
import { SourceAddress } from "../../src/host/source_address.ts";
import { readSysctl } from "../../src/host/sysctl.ts";
import { SysctlHold, type Sysctls } from "../../src/host/sysctl_hold.ts";

const [question, argument = ""] = Deno.args;

function answer(): unknown {
  switch (question) {
    case "default":
      return defaultInterface();
    case "named":
      return interfaceNamed(argument);
    case "source6":
      return sourceAddress(interfaceNamed(argument), 6);
    case "ecn": {
      using journal = Journal.open();
      using route = EcnRoute.open(argument === "any" ? null : interfaceNamed(argument), journal);
      return route.mark;
    }
    case "way": {
      const { destination, options } = JSON.parse(argument);
      const found = findWay(destination, options);
      if (!isWay(found)) return { why: whyNoWay(found) };
      return { ...found, name: interfaces().find(({ index }) => index === found.interface)?.name };
    }
    case "sources": {
      // What the program takes for the source, and what the kernel says of packets through an interface
      const { name, destinations }: { name: string; destinations: string[] } = JSON.parse(argument);
      const only = OnlySource.of(name);
      using reactor = new Reactor();
      using source = new SourceAddress(reactor, 4, name, undefined);
      return {
        only: only?.address ?? null,
        asked: destinations.filter((one) => !only?.isFor(addressBytes(one))),
        sources: destinations.map((one) => source.towards(addressBytes(one))),
      };
    }
    case "neighbour": {
      const { address, name } = JSON.parse(argument);
      return linkAddressOf(address, interfaceNamed(name)).then((octets) => [...octets]);
    }
    case "link": {
      const { address, ...facts } = linkFacts(argument);
      return { ...facts, address: [...address] };
    }
    case "documentation":
      return [4, 6].flatMap((version) => documentationBlocks(version as 4 | 6)).map(({ prefix }) =>
        prefix
      );
    case "isolate": {
      using journal = Journal.open();
      Isolation.open(
        interfaces().find(({ name }) => name === argument)!,
        { first: 20_000, last: 20_999 },
        {},
        journal,
      ).close();
      return "made";
    }
    case "sysctls": {
      using journal = Journal.open();
      const states: Sysctls[] = JSON.parse(argument);
      using hold = SysctlHold.open(states, journal);
      return states.map((state) => {
        hold.set(state);
        hold.check(state);
        return Object.keys(states[0]!).map((name) => readSysctl(name));
      });
    }
    default:
      throw new RangeError(`no such question: ${question}`);
  }
}

try {
  console.log(JSON.stringify(await answer()));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.log(JSON.stringify({ failure: error.message }));
}
