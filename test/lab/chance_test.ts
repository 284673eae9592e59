import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/mod.ts";
import { TargetLab } from "./target_lab.ts";
import { type HindranceName, HINDRANCES } from "./chance.ts";
import { mostByChance } from "./by_chance.ts";
import { falseIn, tally } from "./conclusions.ts";
import { rootTest } from "./root.ts";

/** The outcome of a connection or a question, as in `tries.ts`. */
interface Try {
  readonly target: string;
  readonly port: number;
  readonly seconds: number | null;
}

const FAMILIES = [4, 6] as const;

/** How long an answer may take, in seconds: before a limit lets another one pass, or any server. */
const PATIENCE = { short: 2, long: 9 };

/** Behind a hindrance, tries targets of both families, each so often at once over a transport. */
async function tries(
  name: HindranceName,
  transport: "tcp" | "udp",
  targets: number,
  times: number,
  patience = PATIENCE.short,
): Promise<Try[]> {
  await using lab = await TargetLab.open({
    services: [transport === "tcp" ? "nginx" : "unbound"],
  });
  await using _ = await HINDRANCES[name].put(lab);
  const addresses = FAMILIES.flatMap((family) => lab.addresses("transparent", family, targets));
  const script = new URL("tries.ts", import.meta.url).pathname;
  const line = [Deno.execPath(), "run", "--no-check", "-A", script];
  const [program, ...args] = lab.exec([
    ...line,
    transport,
    String(patience),
    String(times),
    ...addresses,
  ]);
  const ended = await new Deno.Command(program, { args }).output();
  const [text, problem] = [ended.stdout, ended.stderr].map((one) => new TextDecoder().decode(one));
  const { code, signal } = ended;
  assert(ended.success, `the tries ended with ${signal ?? code}: ${problem}`);
  return JSON.parse(text!);
}

const answered = (found: readonly Try[]) => found.filter(({ seconds }) => seconds !== null);

for (const transport of ["tcp", "udp"] as const) {
  rootTest(`nothing hinders, over ${transport}`, async () => {
    const found = await tries("none", transport, 10, 4);
    assertEquals([found.length, answered(found).length], [80, 80]);
  });

  for (const [name, mask] of [["a", 6], ["b", 2]] as const) {
    rootTest(
      `source ports that are dead are dead, and no others, over ${transport}: ${name}`,
      async () => {
        const found = await tries(name, transport, 50, 4);
        for (const { port, seconds, target } of found) {
          assertEquals(seconds === null, (port & mask) === 0, `${port} to ${target}`);
        }
        const dead = found.length - answered(found).length;
        const expected = found.length / (mask === 6 ? 4 : 2);
        assert(Math.abs(dead - expected) < expected / 2, `${dead} of ${found.length} ports`);
      },
    );
  }

  rootTest(`of each target's connections one passes the limit, over ${transport}`, async () => {
    const found = await tries("d", transport, 20, 3);
    // Every 4.6 s there is one more, and a repeated SYN counts as well
    for (const one of new Set(found.map(({ target }) => target))) {
      assertEquals(answered(found.filter(({ target }) => target === one)).length, 1, one);
    }
  });

  rootTest(`no target has more than two connections at once, over ${transport}`, async () => {
    const found = await tries("f", transport, 20, 5);
    for (const one of new Set(found.map(({ target }) => target))) {
      assertEquals(answered(found.filter(({ target }) => target === one)).length, 2, one);
    }
  });

  rootTest(`a slow server takes 2.6 to 7 s, spread evenly, over ${transport}`, async () => {
    const [fixed, varying] = await Promise.all([
      tries("e", transport, 100, 2, PATIENCE.long),
      tries("e2", transport, 50, 2, PATIENCE.long),
    ]);
    assertEquals(answered(fixed).length, fixed.length);
    const seconds = fixed.map(({ seconds }) => seconds!);
    // The machine may be busy: never sooner, and not much later
    assert(Math.min(...seconds) > 2.59 && Math.max(...seconds) < 7.5, String(seconds));
    const sorted = seconds.toSorted((a, b) => a - b);
    const [quarter = 0, most = 0] = [1, 3].map((at) => sorted[sorted.length * at / 4]);
    assert(quarter > 3.4 && quarter < 4.2 && most > 5.6 && most < 6.4, `${quarter} ${most}`);
    const times = Map.groupBy(fixed, ({ target }) => target);
    for (const [one, all] of times) {
      assert(
        Math.abs(all[0]!.seconds! - all[1]!.seconds!) < 0.3,
        `${one} took ${all.map((x) => x.seconds)}`,
      );
    }
    const apart = [...Map.groupBy(varying, ({ target }) => target).values()]
      .filter((all) => Math.abs(all[0]!.seconds! - all[1]!.seconds!) > 0.3);
    assert(apart.length > 30, `${apart.length} of 100 targets`);
  });
}

Deno.test("of rare things hardly any happen by chance, and none that are impossible", () => {
  assertEquals([0, 1e-12, 1e-9].map((chance) => mostByChance(10_000, chance)), [0, 0, 1]);
  // By the sum of Poisson's terms from 0 on, in quadruple precision
  assertEquals([1e-6, 1e-5, 1e-4, 1e-3].map((chance) => mostByChance(1000, chance)), [2, 3, 4, 10]);
});

Deno.test("what clean targets come to is told apart, the worst counting", () => {
  const clean = ["x.connectivity.works", "x.mark.seen"];
  const came = (...conditions: string[]) => tally([{ conditions } as unknown as Result], clean);
  const counts: [keyof ReturnType<typeof came>, string[]][] = [
    ["right", clean],
    ["other", ["x.connectivity.works", "x.mark.not_seen"]],
    ["unobserved", ["x.connectivity.works"]],
    ["unobserved", ["pathspider.not_observed", "pathspider.missed_flows:1"]],
    ["offline", ["x.connectivity.offline"]],
    ["transient", ["x.connectivity.offline", "y.connectivity.transient", "z.connectivity.works"]],
    ["broken", ["x.connectivity.works", "y.connectivity.broken"]],
  ];
  for (const [verdict, conditions] of counts) {
    assertEquals(came(...conditions)[verdict], 1, conditions.join());
    const isFalse = ["broken", "transient", "offline"].includes(verdict);
    assertEquals(falseIn(came(...conditions)), isFalse ? 1 : 0);
  }
});
