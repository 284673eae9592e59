import { assertEquals } from "@std/assert";
import type { ExperimentPlan } from "../../../../src/lab/experiment/plan/experiment_plan.ts";
import { EventBus } from "../../../../src/lab/experiment/run/events.ts";
import { versionsOf } from "../../../../src/lab/experiment/run/versions.ts";

/** The version of a program that says some text when it is asked. */
async function versionIn(text: string): Promise<string | undefined> {
  const plugin = { kind: "service", name: "mine", version: "1.0.0" };
  const service = { ...plugin, program: "printf", asksVersion: ["%s", text] };
  const group = {
    ...{ environment: plugin, wrappers: [], services: [], lab: null },
    testers: [{ runs: { kind: "service", service } }],
  };
  const plan = { groups: [group], observers: [] } as unknown as ExperimentPlan;
  return (await versionsOf(plan, new EventBus(), "/tmp")).printf;
}

Deno.test("the version of a program is its first line with a digit, and ends with a whole word", async () => {
  const libraries = Array.from({ length: 20 }, (_, at) => `library${at}/2.5.13`).join(" ");
  assertEquals(await versionIn(`mine\nmine 1.2 ${libraries}\n3`), `mine 1.2 ${libraries}`);
  assertEquals(
    await versionIn(`1.2 ${"library/2.5.13 ".repeat(100)}`),
    `1.2${" library/2.5.13".repeat(66)}`,
  );
  assertEquals(await versionIn("1".repeat(2000)), "1".repeat(1000));
});
