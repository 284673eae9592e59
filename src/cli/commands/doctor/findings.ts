// @ts-types="../../../types/colors.d.ts"
import { green, red, yellow } from "@std/fmt/colors";
import { type HealthFinding, type HealthLevel, isFatal } from "../../../host/health/finding.ts";
import { counted } from "../../../host/quantity.ts";
import { type Column, tableLines } from "../../terminal/table.ts";

const PAINT: Readonly<Record<HealthLevel, (text: string) => string>> = {
  ok: green,
  warning: yellow,
  missing: red,
  wrong: red,
};

const LEVELS = Object.keys(PAINT) as HealthLevel[];

/** Findings as a table, and a line that sums them up. */
export function findingsText(
  findings: readonly HealthFinding[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const level: Column = {
    least: Math.max(...LEVELS.map((level) => level.length)),
    ...colour && { paint: (text) => PAINT[text as HealthLevel](text) },
  };
  const lines = tableLines(
    [level, {}, {}],
    findings.map(({ name, level, found, advice }) => [
      level,
      name,
      advice === "" ? found : `${found}: ${advice}`,
    ]),
    { wrapAt: width, leastWrap: 30 },
  );
  return [...lines, "", verdict(findings)].join("\n") + "\n";
}

function verdict(findings: readonly HealthFinding[]): string {
  const fatal = findings.filter(isFatal).length;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  const but = warnings > 0 ? `, with ${counted(warnings, "warning")}` : "";
  return fatal === 0
    ? `This host can measure${but}.`
    : `${counted(fatal, "thing")} to put right before this host can measure${but}.`;
}
