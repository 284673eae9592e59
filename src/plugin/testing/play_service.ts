import type { OptionValues } from "../../contract/option.ts";
import type { ServiceTest } from "../../contract/plugin_test.ts";
import type { Service, ServiceContext } from "../../contract/service.ts";
import { callPlugin } from "../../measure/plugin_call.ts";
import { outcomeOf } from "../outcome_of.ts";
import { conditionFaults, differences, type TestReport } from "./report.ts";

/**
 * Plays a test of a service: texts that must stand in its files, words among its arguments, and of a
 * tester what a run of it shows. Nothing is started.
 */
export async function playServiceTest(
  service: Service,
  test: ServiceTest,
  options: OptionValues,
): Promise<TestReport> {
  const context: ServiceContext = {
    folder: "/FOLDER",
    certificate: "/CERTIFICATE",
    key: "/KEY",
    ports: test.ports,
    options,
    target: test.target ?? null,
    peers: test.peers ?? [],
  };
  const files = await callPlugin(service, "files", () => service.files?.(context) ?? {});
  const given = await callPlugin(service, "arguments", () => service.arguments(context));
  const faults = [
    ...Object.entries(test.files ?? {}).filter(([name, text]) =>
      !textOf(files[name]).includes(text)
    )
      .map(([name, text]) => `its file ${name} does not hold ${text}`),
    ...(test.arguments ?? []).filter((word) => !given.includes(word))
      .map((word) => `${word} is none of its arguments ${given.join(" ")}`),
  ];
  if (test.run === undefined) return { name: test.name, faults, conditions: null, flows: [] };
  const run = { status: 0, stdout: "", stderr: "", late: false, files: {}, ...test.run };
  const { conditions, metrics } = await callPlugin(
    service,
    "outcome",
    () => outcomeOf(service, run),
  );
  faults.push(
    ...conditionFaults(test.conditions, conditions),
    ...differences(test.metrics, metrics, "the metrics"),
  );
  return { name: test.name, faults, conditions, flows: [] };
}

function textOf(content: string | Uint8Array | undefined): string {
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}
