import { Failure } from "../../../../host/failure.ts";
import { isAccepted, loadPlugin } from "../../../../plugin/read.ts";
import { type Played, playTests } from "../../../../plugin/testing/play.ts";
import { findingOf } from "../../../plugin_options.ts";
import type { Context } from "../../../command.ts";
import type { TestInvocation } from "./options.ts";
import { located } from "../located.ts";
import { output } from "../../../output.ts";

/** Runs `spider plugins test`: the status is 1 when a test fails. */
export async function run(
  { options, positionals }: TestInvocation,
  streams: Context,
): Promise<number> {
  const settings = findingOf(options, streams);
  const all: Played[] = [];
  for (const word of positionals) {
    const where = await located(word, settings);
    if (where.from === "url" && !isAccepted(where.url, settings)) {
      throw new Failure(
        `${where.url} is not run, since it is not accepted; see spider plugins add --help`,
      );
    }
    all.push(await playTests(word, await loadPlugin(where, settings), settings));
  }
  output(streams.stdout, options.json, all, () => all.map(text).join("\n"));
  return all.some(({ tests }) => tests.some(({ faults }) => faults.length > 0)) ? 1 : 0;
}

function text({ plugin, tests }: Played): string {
  const failed = tests.filter(({ faults }) => faults.length > 0).length;
  const lines = tests.flatMap(({ name, faults }) => [
    `${faults.length === 0 ? "ok  " : "FAIL"}  ${name}`,
    ...faults.flatMap((fault) => fault.split("\n").map((line) => `        ${line}`)),
  ]);
  const count = `${tests.length} ${tests.length === 1 ? "test" : "tests"}`;
  const sum = failed === 0 ? "all passed" : `${failed} failed`;
  return [...lines, `${plugin}: ${count}, ${sum}`].join("\n");
}
