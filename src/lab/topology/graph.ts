import { boxText, type LabPlan, type PlannedLink, type PlannedNode } from "./network_plan.ts";

/** Sizes in pixels. */
const COLUMN = 230;
const ROW = 150;
const MARGIN = 40;
const BOX = { width: 130, height: 40 } as const;
const LINE = 15;
/** The longest label below a box, in characters. */
const LONGEST = 34;

/** Colours that can be told apart by everybody, light or dark (CSS variables of the picture). */
const STYLE = `
svg { color-scheme: light dark; font: 13px sans-serif }
.paper { fill: light-dark(#fff, #16181c) }
text { fill: light-dark(#1b1f24, #e6e9ee); text-anchor: middle }
.note { font-size: 11px; fill: light-dark(#57606a, #a6aeb8) }
.link { stroke: light-dark(#57606a, #a6aeb8); stroke-width: 1.5; fill: none }
.tunnel { stroke-dasharray: 6 4 }
.host { fill: light-dark(#ddf4ff, #0c2d4a); stroke: light-dark(#0969da, #58a6ff) }
.router { fill: light-dark(#f6f8fa, #2a2f36); stroke: light-dark(#57606a, #a6aeb8) }
.meddles { fill: light-dark(#fff1e5, #4a2a0c); stroke: light-dark(#bc4c00, #f0883e) }
`;

interface Placed {
  readonly node: PlannedNode;
  readonly x: number;
  readonly y: number;
}

/** The picture of a lab: hosts and routers in columns by how far they are from the first host. */
export function drawLab(plan: LabPlan): string {
  const columns = columnsOf(plan);
  const most = Math.max(...columns.map((column) => column.length));
  const notes = Math.max(...plan.nodes.map((node) => notesOf(node).length));
  const row = ROW + Math.max(0, notes - 4) * LINE;
  const placed = new Map<string, Placed>();
  columns.forEach((column, across) =>
    column.forEach((node, down) =>
      placed.set(node.name, {
        node,
        x: MARGIN + BOX.width / 2 + across * COLUMN,
        y: MARGIN + row * (down + (most - column.length) / 2) + BOX.height / 2 + LINE,
      })
    )
  );
  const width = MARGIN * 2 + BOX.width + (columns.length - 1) * COLUMN;
  const height = MARGIN * 2 + row * most;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" aria-label="${escaped(`The lab ${plan.name}`)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...plan.links.flatMap((link) => linkLines(link, plan.links, placed)),
    ...[...placed.values()].flatMap(nodeLines),
    "</svg>",
    "",
  ].join("\n");
}

/** The nodes by their distance from the first host; those with the same neighbours stand together. */
function columnsOf({ nodes, links }: LabPlan): PlannedNode[][] {
  const columns: PlannedNode[][] = [];
  const seen = new Set<string>();
  const first = nodes.find(({ isRouter }) => !isRouter);
  for (let column = first === undefined ? [] : [first]; column.length > 0;) {
    columns.push(column);
    column.forEach(({ name }) => seen.add(name));
    const next = column.flatMap(({ name }) =>
      links.filter(({ between }) => between.includes(name))
        .map(({ between }) => between.find((other) => other !== name)!)
    );
    column = [...new Set(next)].filter((name) => !seen.has(name))
      .map((name) => nodes.find((node) => node.name === name)!);
  }
  return columns;
}

function linkLines(
  link: PlannedLink,
  all: readonly PlannedLink[],
  placed: ReadonlyMap<string, Placed>,
): string[] {
  const [one, other] = link.between.map((name) => placed.get(name)!);
  if (one === undefined || other === undefined) return [];
  // Several links between the same two lie beside each other
  const beside = all.filter(({ between }) => link.between.every((name) => between.includes(name)));
  const bow = (beside.indexOf(link) - (beside.length - 1) / 2) * 60;
  const [x, y] = [(one.x + other.x) / 2, (one.y + other.y) / 2 + bow];
  const note = linkNote(link);
  return [
    `<path class="${link.tunnel ? "link tunnel" : "link"}" d="M${one.x} ${one.y}Q${x} ${
      y + bow
    } ${other.x} ${other.y}"/>`,
    ...(note === "" ? [] : [`<text class="note" x="${x}" y="${y - 6}">${escaped(note)}</text>`]),
  ];
}

function linkNote({ rate, delay, jitter, loss, mtu, tunnel }: PlannedLink): string {
  return [
    tunnel ? "tunnel" : "",
    rate === null ? "" : `${rate / 1e6} Mbit/s`,
    delay === 0 ? "" : `${delay}${jitter === 0 ? "" : ` ± ${jitter}`} ms`,
    loss === 0 ? "" : `${Number((loss * 100).toPrecision(3))} % lost`,
    mtu === 1500 || tunnel ? "" : `MTU ${mtu}`,
  ].filter((part) => part !== "").join(", ");
}

function nodeLines({ node, x, y }: Placed): string[] {
  const kind = !node.isRouter ? "host" : node.boxes.length > 0 ? "meddles" : "router";
  return [
    `<rect class="${kind}" x="${x - BOX.width / 2}" y="${
      y - BOX.height / 2
    }" width="${BOX.width}" ` +
    `height="${BOX.height}" rx="${node.isRouter ? 20 : 4}"/>`,
    `<text x="${x}" y="${y + 5}">${escaped(shortened(node.name, 18))}</text>`,
    ...notesOf(node).map((note, at) =>
      `<text class="note" x="${x}" y="${y + BOX.height / 2 + LINE * (at + 1)}">` +
      `${escaped(shortened(note, LONGEST))}</text>`
    ),
  ];
}

function notesOf({ serves, services, boxes }: PlannedNode): string[] {
  return [
    ...serves.map(({ text }) => text),
    ...services.map(({ service, ports }) =>
      `${service.name}: ${ports.map(({ version, port }) => `${version} on ${port}`).join(", ")}`
    ),
    ...boxes.map(boxText),
  ];
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
