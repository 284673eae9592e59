import { examine } from "../../../host/health/examine.ts";
import { isFatal } from "../../../host/health/finding.ts";
import { leftovers, restore } from "../../../host/restore.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";
import type { Context } from "../../command.ts";
import { styleOf } from "../../terminal/style.ts";
import type { DoctorInvocation } from "./options.ts";
import { findingsText } from "./findings.ts";

/** Default line width in characters. */
const DEFAULT_WIDTH = 100;

/** Runs `spider doctor`: says whether this host can measure, or puts back what a killed run left. */
export function run({ options }: DoctorInvocation, { stdout }: Context): Promise<number> {
  return Promise.resolve(options.restore ? putBack(options.json, stdout) : look(options, stdout));
}

function putBack(json: boolean, stdout: OutputStream): number {
  const done = restore();
  const left = leftovers();
  const text = json
    ? JSON.stringify({ restored: done, left })
    : done.length > 0
    ? done.join("\n")
    : "Nothing was left behind.";
  writeText(stdout, `${text}\n`);
  return left.length > 0 ? 1 : 0;
}

function look(
  { interface: name, json }: DoctorInvocation["options"],
  stdout: OutputStream,
): number {
  const findings = examine(name);
  const ok = !findings.some(isFatal);
  const text = json
    ? JSON.stringify({ ok, findings })
    : findingsText(findings, styleOf(stdout, DEFAULT_WIDTH)).trimEnd();
  writeText(stdout, `${text}\n`);
  return ok ? 0 : 1;
}
