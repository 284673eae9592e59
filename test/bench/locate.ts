import { TargetLab } from "../lab/target_lab.ts";
import { besideMtrPacket } from "./mtr_packet.ts";
import { spiderCommand } from "./process.ts";
import { asked, type FigureRow } from "./row.ts";
import { size } from "./size.ts";

const TARGETS = size(200, 12);
const ROUTERS = 5;
const ROUNDS = size(3, 1);
/** DSCP 46 in the octet that it shares with ECN. */
const TOS = 46 << 2;
/** The most that it may take, as a multiple of one probe a hop through mtr-packet alone. */
const TIMES = 10;
const ASKED = 20;
/** Where it happens: the third router forwards, so the fourth is the first to see it. */
const PLACE = 3;

/** What is read of a record here. */
interface Record {
  readonly dst_addr: string;
  readonly arms: readonly {
    readonly unchanged_to?: number;
    readonly changes: readonly { readonly field: string; readonly between: readonly number[] }[];
    readonly stop: { readonly kind: string; readonly between: readonly number[] } | null;
  }[];
}

/** Localisation of a codepoint that is cleared, dropped, or let through. */
export async function locateRow(): Promise<FigureRow> {
  const boxes = ["dscp-clear", "dscp-drop"];
  const kinds = [...boxes, "transparent"];
  await using lab = await TargetLab.open({ routers: ROUTERS, at: PLACE, boxes });
  const truth = new Map(
    kinds.flatMap((kind) => lab.addresses(kind, 4, TARGETS).map((address) => [address, kind])),
  );
  const targets = Array.from({ length: TARGETS }, (_, at) => {
    const kind = kinds[at % kinds.length]!;
    return lab.addresses(kind, 4, at + 1).at(-1)!;
  });
  const command = lab.exec(
    spiderCommand(["locate", "--feature", "dscp:46", "--json", ...targets]),
  );
  const probes = targets.flatMap((target) =>
    [0, TOS].flatMap((tos) =>
      Array.from({ length: ROUTERS + 1 }, (_, at) => ({ target, ttl: at + 1, tos }))
    )
  );
  const { taken, loop, ratio, wrong } = await besideMtrPacket<Record>(lab, {
    rounds: ROUNDS,
    command,
    probes,
    timeout: 1,
    wrongOf: (records) =>
      TARGETS - records.filter((record) => isRight(record, truth.get(record.dst_addr)!)).length,
  });
  return {
    work: `where ${TARGETS} paths of five routers clear, drop or pass a codepoint, whole process`,
    ours: `${taken.toFixed(1)} s, ${ratio.toFixed(1)} times mtr-packet alone, ${wrong} wrong`,
    peers: [
      `mtr-packet alone, fed a probe a hop, with the codepoint and without: ${loop.toFixed(2)} s`,
    ],
    bound: `${TIMES} times mtr-packet alone, 0 wrong (${asked(`${ASKED} s`, taken < ASKED)})`,
    reached: ratio <= TIMES && wrong === 0,
  };
}

function isRight({ arms }: Record, kind: string): boolean {
  const between = [PLACE, PLACE + 1].join();
  const [baseline, marked] = arms;
  if (baseline === undefined || marked === undefined) return false;
  if (baseline.changes.length > 0 || baseline.stop !== null) return false;
  const changes = marked.changes.map((change) => `${change.field} ${change.between}`).join();
  const stop = marked.stop === null ? "" : `${marked.stop.kind} ${marked.stop.between}`;
  if (kind === "dscp-clear") return changes === `dscp ${between}` && stop === "";
  if (kind === "dscp-drop") return changes === "" && stop === `dropped ${between}`;
  return changes === "" && stop === "" && marked.unchanged_to === ROUTERS;
}
