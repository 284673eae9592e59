import { Lab } from "../../src/lab/lab.ts";
import { spiderCommand } from "./process.ts";
import { median, type Row } from "./row.ts";

const TARGETS = 200;
const ROUTERS = 5;
const ROUNDS = 3;
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
export async function locateRow(): Promise<Row> {
  using lab = Lab.open({ routers: ROUTERS });
  lab.placeMiddleboxes(PLACE, "forward");
  const kinds = ["bleach-dscp", "drop-dscp", "transparent"] as const;
  const truth = new Map(
    kinds.flatMap((kind) => lab.addresses(kind, 4, TARGETS).map((address) => [address, kind])),
  );
  const targets = Array.from({ length: TARGETS }, (_, at) => {
    const kind = kinds[at % kinds.length]!;
    return lab.addresses(kind, 4, at + 1).at(-1)!;
  });
  const [program = "", ...args] = lab.exec(
    spiderCommand(["locate", "--feature", "dscp:46", "--json", ...targets]),
  );
  const times: number[] = [];
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const { success, stdout } = await new Deno.Command(program, { args, stderr: "inherit" })
      .output();
    times.push((performance.now() - begin) / 1000);
    if (!success) throw new Error("spider locate failed");
    const records: Record[] = new TextDecoder().decode(stdout).trim().split("\n")
      .map((line) => JSON.parse(line));
    const right = records.filter((record) => isRight(record, truth.get(record.dst_addr)!)).length;
    wrong = Math.max(wrong, TARGETS - right);
  }
  const taken = median(times);
  return {
    work: `where ${TARGETS} paths of five routers clear, drop or pass a codepoint, whole process`,
    ours: `${taken.toFixed(1)} s, ${wrong} wrong`,
    peers: [],
    bound: "20 s, 0 wrong",
    reached: taken < 20 && wrong === 0,
  };
}

function isRight({ arms }: Record, kind: string): boolean {
  const between = [PLACE, PLACE + 1].join();
  const [baseline, marked] = arms;
  if (baseline === undefined || marked === undefined) return false;
  if (baseline.changes.length > 0 || baseline.stop !== null) return false;
  const changes = marked.changes.map((change) => `${change.field} ${change.between}`).join();
  const stop = marked.stop === null ? "" : `${marked.stop.kind} ${marked.stop.between}`;
  if (kind === "bleach-dscp") return changes === `dscp ${between}` && stop === "";
  if (kind === "drop-dscp") return changes === "" && stop === `dropped ${between}`;
  return changes === "" && stop === "" && marked.unchanged_to === ROUTERS;
}
