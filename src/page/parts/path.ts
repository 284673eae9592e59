import { type Finding, findingsIn } from "../conditions.ts";
import { html } from "../html.ts";
import type { Hop, Result } from "../records.ts";

const WIDTH = 420;
const STEP = 30;
const LEFT = 26;
/** Where what was found is told. */
const ASIDE = 250;

/** The hops to a target, with what happens between which of them. */
export function PathDrawing({ result }: { readonly result: Result }) {
  const { hops = [], conditions = [], dip = "" } = result;
  const findings = findingsIn(conditions);
  const stops: readonly Hop[] = [{ hop: 0, responders: ["this host"] }, ...hops];
  const height = stops.length * STEP + 8;
  const y = (hop: number) => STEP / 2 + 4 + hop * STEP;
  const label = `The path to ${dip}: ${
    stops.slice(1).map(({ hop, responders }) =>
      `hop ${hop}, ${responders.join(" or ") || "silent"}`
    )
      .join("; ")
  }. ${findings.map(told).join(". ")}`;
  return html`
    <svg class="path" viewBox="0 0 ${WIDTH} ${height}" width=${WIDTH} role="img"
      aria-label=${label}>
        <line class="wire" x1=${LEFT} x2=${LEFT} y1=${y(0)} y2=${y(stops.length - 1)} />
        ${findings.map((finding, at) =>
          html`
            <g class="finding" key=${told(finding)}>
              <line x1=${LEFT} x2=${LEFT} y1=${y(finding.between[0])} y2=${y(finding.between[1])} />
              <text x=${ASIDE} y=${(y(finding.between[0]) + y(finding.between[1])) / 2 + 4 +
                at * 14}>${finding.about} ${finding.kind}</text>
            </g>
          `
        )}
        ${stops.map(({ hop, responders }) =>
          html`
            <g class=${responders.length === 0 ? "silent" : ""} key=${hop}>
              <circle cx=${LEFT} cy=${y(hop)} r=${responders.includes(dip) || hop === 0
                ? 6
                : 4.5} />
              <text class="hop" x="6" y=${y(hop) + 4}>${hop === 0 ? "" : hop}</text>
              <text x=${LEFT + 16} y=${y(hop) + 4}>${responders.length === 0
                ? "no answer"
                : responders.length > 1
                ? `${responders[0]} +${responders.length - 1}`
                : responders[0]}</text>
            </g>
          `
        )}
      </svg>
  `;
}

function told({ about, kind, between: [from, to] }: Finding): string {
  return `${about} is ${kind} between hops ${from} and ${to}`;
}
