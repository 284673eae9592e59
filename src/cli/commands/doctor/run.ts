import { examine } from "../../../host/health/examine.ts";
import { isFatal } from "../../../host/health/finding.ts";
import { leftovers, restore } from "../../../host/restore.ts";
import type { DoctorInvocation } from "./options.ts";
import { findingsText } from "./findings.ts";

/** Characters a line, where the terminal does not say. */
const DEFAULT_WIDTH = 100;

/** Runs `spider doctor`: says whether this host can measure, or puts back what a killed run left. */
export function run({ options }: DoctorInvocation): Promise<number> {
  return Promise.resolve(options.restore ? putBack(options.json) : look(options));
}

function putBack(json: boolean): number {
  const done = restore();
  const left = leftovers();
  if (json) console.log(JSON.stringify({ restored: done, left }));
  else console.log(done.length > 0 ? done.join("\n") : "Nothing was left behind.");
  return left.length > 0 ? 1 : 0;
}

function look({ interface: name, json }: DoctorInvocation["options"]): number {
  const findings = examine(name);
  const ok = !findings.some(isFatal);
  if (json) {
    console.log(JSON.stringify({ ok, findings }));
  } else {
    const terminal = Deno.stdout.isTerminal();
    const width = terminal ? Deno.consoleSize().columns || DEFAULT_WIDTH : DEFAULT_WIDTH;
    console.log(findingsText(findings, { width, colour: terminal && !Deno.noColor }).trimEnd());
  }
  return ok ? 0 : 1;
}
