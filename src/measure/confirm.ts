import { NOT_OBSERVED } from "../contract/spider.ts";
import type { Measured, Once } from "./measured.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Measures a target, and once more where the conclusion is one that chance can cause: it stands only
 * when it comes out again. Null when the run was given up before its end.
 */
export async function confirmed(once: Once, vocabulary: Vocabulary): Promise<Measured | null> {
  const first = await once();
  const doubtful = ({ result }: Measured) => vocabulary.doubtful(result.conditions);
  if (first === null || doubtful(first).length === 0) return first;
  const second = await once();
  if (second === null) return null;
  const contradicts = doubtful(second).some((condition) =>
    !first.result.conditions.includes(condition)
  );
  const result = {
    ...second.result,
    time: { from: first.result.time.from, to: second.result.time.to },
    conditions: contradicts ? [NOT_OBSERVED] : second.result.conditions,
  };
  return { ...second, result, retried: true };
}
