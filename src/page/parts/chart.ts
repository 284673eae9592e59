import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { html } from "../html.ts";
import { colour, onColours } from "../theme.ts";

/** Colours of series that the style sheet has. */
const COLOURS = 6;

/** Seconds that a chart is wide at least. */
const LEAST = 60;

/** One line of a chart. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** Lines over time, with places in time that are marked. */
export function Chart({ label, times, series, marks = [], height = 220, text, most }: {
  /** What it shows, for who does not see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly marks?: readonly number[];
  readonly height?: number;
  /** A value in words. */
  readonly text: (value: number) => string;
  /** The greatest value that there can be; the greatest that is there when missing. */
  readonly most?: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data: uPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])];
  const names = series.map((one) => one.label).join("\n");
  const now = useRef({ data, marks });
  now.current = { data, marks };
  useEffect(() => {
    const element = place.current!;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        {
          width: element.clientWidth,
          height,
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
          cursor: { y: false, drag: { x: false, y: false } },
          legend: { live: true },
          scales: {
            x: { range: ({ data: [all] }) => spanOf(all) },
            y: { range: (_, __, top) => [0, most ?? Math.max(top, 1) * 1.1] },
          },
          axes: [{ ...axis(), values: (_, times) => timesText(times) }, {
            ...axis(),
            size: 82,
            values: (_, values) => values.map(text),
          }],
          series: [
            {
              value: (_, at) => at === null ? "–" : new Date(at * 1000).toISOString().slice(0, 16),
            },
            ...names.split("\n").map((name, at) => ({
              label: name,
              stroke: colour(`--series-${at % COLOURS + 1}`),
              width: 2,
              points: { size: 5 },
              value: (_: uPlot, value: number | null) => value === null ? "–" : text(value),
            })),
          ],
          hooks: { draw: [(drawn) => drawMarks(drawn, now.current.marks)] },
        },
        now.current.data,
        element,
      );
    };
    make();
    const leave = onColours(make);
    const watch = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height })
    );
    watch.observe(element);
    return () => {
      leave();
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [names, height, most]);
  useEffect(() => plot.current?.setData(data));
  return html`<div class="chart" role="img" aria-label=${label} ref=${place}></div>`;
}

function axis(): uPlot.Axis {
  const line = { stroke: colour("--line"), width: 1 };
  return { stroke: colour("--muted"), grid: line, ticks: line, font: "12px system-ui, sans-serif" };
}

/** From when to when a chart is. */
function spanOf(times: ArrayLike<number>): [from: number, to: number] {
  const to = times[times.length - 1] ?? Date.now() / 1000;
  return [Math.min(times[0] ?? to, to - LEAST), to];
}

/** Times below a chart, UTC: to the second where they are close, and the day where it is another one. */
function timesText(times: readonly number[]): string[] {
  const length = (times[1] ?? 0) - (times[0] ?? 0) < 60 ? 8 : 5;
  return times.map((at, index) => {
    const [day = "", clock = ""] = new Date(at * 1000).toISOString().split("T");
    const before = times[index - 1];
    const isNew = before === undefined || !new Date(before * 1000).toISOString().startsWith(day);
    return `${clock.slice(0, length)}${isNew ? `\n${day}` : ""}`;
  });
}

/** A broken line at each place, with a mark above it. */
function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: readonly number[]): void {
  const { left, top, width, height } = bbox;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("--bad");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    const x = Math.round(valToPos(mark, "x", true));
    if (x < left || x > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    const size = 5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - size, top);
    ctx.lineTo(x + size, top);
    ctx.lineTo(x, top + size * 1.5);
    ctx.fill();
  }
  ctx.restore();
}
