import fc from "fast-check";
import { flowTable } from "../data/dissect.ts";
import { LINKS, mutant } from "../data/mutants.ts";
import { random } from "../data/random.ts";
import { alone, compare } from "./reading.ts";

const RUNS = 1000;
const PACKETS_A_RUN = 110;

/** A packet: what it is generated from, octets of it that are changed, and where it is cut. */
const packet = fc.record({
  seed: fc.nat(0x7fff_ffff),
  link: fc.constantFrom(...LINKS),
  changes: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 }),
  length: fc.option(fc.nat(160)),
  behind: fc.constantFrom(0x00, 0xff),
});

Deno.test("110,000 generated and changed packets are read as an independent reader reads them", () => {
  const table = flowTable({ input: 1 << 16 });
  fc.assert(
    fc.property(
      fc.array(packet, { minLength: PACKETS_A_RUN, maxLength: PACKETS_A_RUN }),
      (packets) => {
        for (const { seed, link, changes, length, behind } of packets) {
          const { frame } = mutant(random(seed), 1_700_000_000, link);
          const data = frame.data.slice(0, length ?? undefined);
          for (const [at, octet] of changes) if (at < data.length) data[at] = octet;
          const wire = frame.wire ?? frame.data.length;
          const changed = { time: frame.time, data, wire };
          const before = table.stats();
          alone(table, changed, link, new Uint8Array(96).fill(behind));
          table.flush();
          compare(table, changed, link, before);
        }
      },
    ),
    { numRuns: RUNS, seed: 2026 },
  );
});
