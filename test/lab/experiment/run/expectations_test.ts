import { assertEquals } from "@std/assert";
import type { Expectation } from "../../../../src/lab/experiment/file/experiment_file.ts";
import { judge, type TesterResult } from "../../../../src/lab/experiment/run/expectations.ts";

const result = (
  conditions: readonly string[],
  flows: TesterResult["flows"] = {},
  tester = "ecn",
): TesterResult => ({ cell: "t", tester, address: "10.20.0.1", conditions, flows, metrics: {} });

const expects = (one: Partial<Expectation>): Expectation => ({
  when: {},
  must: [],
  must_not: [],
  tolerance: 0,
  flow: {},
  ...one,
});

const met = (one: Partial<Expectation>, results: readonly TesterResult[]) =>
  judge([expects(one)], results).map(({ met }) => met);

Deno.test("must, must not and may are judged each for itself", () => {
  const results = [result(["a", "b"]), result(["a"])];
  assertEquals(
    judge([expects({ must: ["a", "b"], must_not: ["c"], may: [] })], results),
    [
      { expectation: "must a", met: true, missed: 0, of: 2 },
      { expectation: "must b", met: false, missed: 1, of: 2 },
      { expectation: "must not c", met: true, missed: 0, of: 2 },
      { expectation: "nothing but a, b", met: true, missed: 0, of: 2 },
    ],
  );
  assertEquals(met({ must: ["a"], may: [] }, results), [true, false]);
  assertEquals(met({ must_not: ["b"] }, results), [false]);
});

Deno.test("a tolerance is a share of results, and nothing measured is never what was expected", () => {
  const results = Array.from({ length: 10 }, (_, at) => result(at === 0 ? [] : ["a"]));
  assertEquals(met({ must: ["a"], tolerance: 0.1 }, results), [true]);
  assertEquals(met({ must: ["a"], tolerance: 0.05 }, results), [false]);
  assertEquals(met({ must: ["a"], tolerance: 1 }, []), [false]);
  assertEquals(met({ must_not: ["a"] }, []), [false]);
  assertEquals(met({ must: ["a"], service: "other" }, results), [false]);
});

Deno.test("fields of flow records are those of one arm, or of each", () => {
  const flows = { ecn: { mark: true, size: 9 }, no_ecn: { mark: false, size: 9 } };
  const results = [result([], flows)];
  assertEquals(met({ flow: { "ecn.mark": true } }, results), [true]);
  assertEquals(met({ flow: { "no_ecn.mark": true } }, results), [false]);
  assertEquals(met({ flow: { size: 9 } }, results), [true]);
  assertEquals(met({ flow: { mark: true } }, results), [false]);
  const [one] = judge([expects({ flow: { mark: true } })], results);
  assertEquals([one!.missed, one!.seen], [1, ["false"]]);
  assertEquals(met({ flow: { absent: null } }, results), [true]);
});

Deno.test("a condition is asked only of testers that can give it", () => {
  const results = [result(["ecn.works"]), result(["tfo.works"], {}, "tfo")];
  const knows = (tester: string, condition: string) => condition.startsWith(`${tester}.`);
  assertEquals(
    judge([expects({ must: ["ecn.works", "tfo.works"] })], results, knows)
      .map(({ met, of }) => [met, of]),
    [[true, 1], [true, 1]],
  );
});
