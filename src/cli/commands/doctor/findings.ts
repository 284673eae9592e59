// @ts-types="../../../types/colors.d.ts"
import { green, red, yellow } from "@std/fmt/colors";
import { type HealthFinding, type HealthLevel, isFatal } from "../../../host/health/finding.ts";
import { counted } from "../../terminal/quantity.ts";
import { wrap } from "../../terminal/wrap.ts";

const PAINT: Readonly<Record<HealthLevel, (text: string) => string>> = {
  ok: green,
  warning: yellow,
  missing: red,
  wrong: red,
};

const LEVELS = Object.keys(PAINT) as HealthLevel[];
const GAP = "  ";

/** Findings as a table, and a line that sums them up. */
export function findingsText(
  findings: readonly HealthFinding[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const names = Math.max(...findings.map(({ name }) => name.length));
  const levels = Math.max(...LEVELS.map((level) => level.length));
  const margin = " ".repeat(levels + names + 2 * GAP.length);
  const rows = findings.flatMap(({ name, level, found, advice }) => {
    const text = advice === "" ? found : `${found}: ${advice}`;
    const label = level.padEnd(levels);
    const head = (colour ? PAINT[level](label) : label) + GAP + name.padEnd(names) + GAP;
    return wrap(text, Math.max(30, width - margin.length))
      .map((line, at) => (at === 0 ? head : margin) + line);
  });
  return [...rows, "", verdict(findings)].join("\n") + "\n";
}

function verdict(findings: readonly HealthFinding[]): string {
  const fatal = findings.filter(isFatal).length;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  const but = warnings > 0 ? `, with ${counted(warnings, "warning")}` : "";
  return fatal === 0
    ? `This host can measure${but}.`
    : `${counted(fatal, "thing")} to put right before this host can measure${but}.`;
}
