import { isFile } from "../../../src/host/file_kind.ts";
import type { Statistics } from "../../../src/observe/statistics.ts";
import { inProcess } from "../../in_process.ts";
import { results } from "../../spider.ts";
import { compare, type Difference, type JudgeResult, type Line, observation } from "../compare.ts";
import { type Testimony, testimony, type Told } from "../tshark.ts";
import { plain } from "./unpack.ts";
import {
  type Judged,
  type Limits,
  notJudged,
  type ReadDifference,
  type Reading,
  type Verdict,
} from "./verdict.ts";

/** What spider says of a capture. */
interface Observations {
  readonly records: Line[];
  readonly statistics: Statistics;
}

/** Link types that tshark 4.0 does not read. */
const UNREAD_NAMES = [
  "IPNET",
  "DSA_TAG_BRCM",
  "DSA_TAG_BRCM_PREPEND",
  "DSA_TAG_DSA",
  "DSA_TAG_EDSA",
];

/** Judges a capture file of whatever content. Files in `folder` are written over. */
export async function judgeCapture(path: string, limits: Limits, folder: string): Promise<Verdict> {
  const found = await plain(path, `${folder}/unpacked`, limits.seconds);
  if (found.path === null) return found.verdict;
  const theirs = await testimony(found.path, limits);
  const ours = await observe(path, limits.packets, folder, true);
  if ("refusal" in ours) return withoutOurs(theirs, ours.refusal);
  const { packets, unread_link: unread, link_type: link } = ours.statistics;
  if (theirs.fault !== null && theirs.told.length === 0 && packets !== 0) {
    return notJudged("tshark does not read it", `tshark: ${theirs.fault}`);
  }
  if (unread !== 0) {
    const reason =
      `spider does not read the link type of ${unread} of ${packets} packets (${link})`;
    return notJudged("spider does not read its link type", reason);
  }
  const unknown = UNREAD_NAMES.filter((name) => link?.split(", ").includes(name));
  if (unknown.length > 0) {
    return notJudged("tshark does not read its link type", `tshark does not read ${unknown}`);
  }
  if (theirs.told.some((one) => one("frame.time_epoch").length === 0)) {
    return notJudged(
      "packets have no time of their own",
      "there are simple packet blocks, or others",
    );
  }
  const isUsual = Number(ours.statistics.unusable_time ?? 0) === 0;
  if (theirs.told.some((one) => isWrapped(one) || isUsual && isTimeless(one))) {
    return notJudged(
      "tshark does not add up its times",
      "a packet has more than a million microseconds",
    );
  }
  return await compared(path, found.path, theirs, ours, limits, folder);
}

/** Where spider refuses a capture that tshark reads, that is a difference. */
function withoutOurs({ told, fault }: Testimony, refusal: string): Verdict {
  if (/ of version \d+\.\d+ of pcap/.test(refusal)) {
    return notJudged("spider reads version 2.4 of pcap alone", refusal);
  }
  if (told.length === 0 || fault !== null) {
    return notJudged(
      "neither reads it to its end",
      `${refusal}; tshark: ${fault ?? `${told.length} packets`}`,
    );
  }
  return judged([{ ...ofWhole(told.length, refusal), reading: "both" }], 1, {
    ...{ packets: 0, flows: 0, fields: 0, left_out: {}, notes: [] },
  });
}

/** The last time that a record can have, in seconds: nanoseconds since 1970 of 63 bits. */
const LAST_TIME = 2 ** 63 / 1e9;

/** Whether spider counts a packet as one of an unusable time, and leaves it. */
function isTimeless(told: Told): boolean {
  const time = Number(told("frame.time_epoch")[0]);
  return time < 0 || time >= LAST_TIME;
}

/** Whether a packet says that it has so many microseconds that tshark, which has 32 bits for them, may have lost some. */
function isWrapped(told: Told): boolean {
  return told("frame.time_epoch")[0]!.split(".")[1]!.length > 9;
}

/** What is told of packets that spider does not leave. */
function usable(told: readonly Told[], timeless: number): readonly Told[] {
  return timeless === 0 ? told : told.filter((one) => !isTimeless(one));
}

/** What tshark can be told of a capture in which it reads less than spider. */
interface Hint {
  readonly field: RegExp;
  /** Options of tshark, by the differences in such fields; none where they would not help. */
  readonly options: (differences: readonly Difference[]) => readonly string[];
}

const HINTS: readonly Hint[] = [
  {
    // It knows DNS by a few ports
    field: /^dns_/,
    options: (differences) =>
      differences.filter(({ spider }) => spider === true)
        .map(({ flow }) => flow.split(" ")[4]!)
        .flatMap((port) => ["-d", `udp.port==${port},dns`, "-d", `tcp.port==${port},dns`]),
  },
  {
    // And HTTP
    field: /^http_/,
    options: (differences) =>
      differences.filter(({ tshark, spider }) => tshark === null && spider !== null)
        .flatMap(({ flow }) => ["-d", `tcp.port==${flow.split(" ")[4]!},http`]),
  },
  {
    // A hello may span segments
    field: /^tls_/,
    options: (differences) =>
      differences.length > 0 ? ["-o", "tcp.desegment_tcp_streams:TRUE"] : [],
  },
];

/** A result in which fields are compared once more with what tshark says when it is told something. */
async function askedAgain(
  result: JudgeResult,
  again: (options: readonly string[]) => Promise<JudgeResult>,
): Promise<JudgeResult> {
  let { differences } = result;
  for (const { field: fields, options } of HINTS) {
    const isOf = ({ field }: Difference) => fields.test(field ?? "");
    const more = options(differences.filter(isOf));
    if (more.length === 0) continue;
    const told = await again(more);
    differences = [
      ...differences.filter((one) => !isOf(one)),
      ...told.differences.filter(isOf),
    ];
  }
  return { ...result, differences };
}

/** Compares the packets that both have read: all, where neither breaks off before the other. */
async function compared(
  path: string,
  unpacked: string,
  { told: whole, fault }: Testimony,
  ours: Observations,
  limits: Limits,
  folder: string,
): Promise<Verdict> {
  const { packets, fault: broken, snaplen } = ours.statistics;
  const timeless = Number(ours.statistics.unusable_time ?? 0);
  const told = usable(whole, timeless);
  const seen = Number(packets);
  const both = Math.min(seen, told.length);
  const results = [];
  for (const decap of [true, false]) {
    const read = decap && seen === both
      ? ours
      : await observe(path, Math.max(both, 1), folder, decap);
    if ("refusal" in read) throw new Error(read.refusal);
    const compared = (said: readonly Told[]) =>
      compare(said.slice(0, both), both === 0 ? [] : read.records, { decap, snaplen });
    results.push(
      await askedAgain(compared(told), async (more) => {
        const again = await testimony(unpacked, limits, more);
        return compared(usable(again.told, timeless));
      }),
    );
  }
  const [inner, outer] = results as [JudgeResult, JudgeResult];
  // Where one breaks off, it is in what else stands there that they differ, or how much they believe
  const uneven = seen === told.length || fault !== null ? [] : [ofWhole(told.length, seen)];
  return judged(
    joined([...uneven, ...inner.differences], [...uneven, ...outer.differences]),
    limits
      .lines,
    {
      packets: both,
      flows: inner.flows + outer.flows,
      fields: inner.values + outer.values,
      left_out: {
        ...inner.leftOut,
        ...timeless === 0 ? {} : { "of a time that is not between 1970 and 2262": timeless },
      },
      notes: [
        ...both === limits.packets ? [`no more than the first ${both} packets are compared`] : [],
        ...broken === null ? [] : [`spider: ${broken}`],
        ...fault === null ? [] : [`tshark: ${fault}`],
      ],
    },
  );
}

/** Differences of two readings, each once, with those of both first. */
function joined(
  innermost: readonly Difference[],
  outermost: readonly Difference[],
): ReadDifference[] {
  const name = (difference: Difference) => JSON.stringify(difference);
  const [inner, outer] = [new Set(innermost.map(name)), new Set(outermost.map(name))];
  const where = (differences: readonly Difference[], others: Set<string>, reading: Reading) =>
    differences.filter((one) => others.has(name(one)) === (reading === "both"))
      .map((one): ReadDifference => ({ ...one, reading }));
  return [
    ...where(innermost, outer, "both"),
    ...where(innermost, outer, "innermost"),
    ...where(outermost, inner, "outermost"),
  ];
}

const ofWhole = (tshark: number, spider: number | string): Difference => (
  { flow: "the capture", field: "number of packets", tshark, spider }
);

function judged(
  differences: readonly ReadDifference[],
  lines: number,
  rest: Pick<Judged, "packets" | "flows" | "fields" | "left_out" | "notes">,
): Judged {
  const shown = differences.slice(0, lines);
  return { kind: "judged", ...rest, differences: differences.length, shown };
}

/** Lets spider read the first packets of a capture. */
async function observe(
  path: string,
  count: number,
  folder: string,
  decap: boolean,
): Promise<Observations | { readonly refusal: string }> {
  const file = `${folder}/statistics`;
  const { out, err } = await inProcess([
    ...observation(path, decap),
    ...["--stats", file, "--count", `${count}`],
  ]);
  // It is written also of a file that breaks off
  if (!isFile(file)) return { refusal: err.trim() };
  const statistics = JSON.parse(Deno.readTextFileSync(file));
  Deno.removeSync(file);
  return { records: results(out) as unknown as Line[], statistics };
}
