import { addressBytes } from "./address.ts";
import { Failure } from "./failure.ts";
import type { Journal } from "./journal.ts";
import { attempt, run } from "./run.ts";
import { locked } from "./state.ts";
import { PROTOCOL } from "./undo.ts";

/** Marks for this, apart from those for ECN, and like them of low bits alone. */
const MARKS = Array.from({ length: 32 }, (_, index) => 0xc0 + index);
const ALL_BITS = 0xffff_ffff;
/** The main table, which `ip route get` does not name. */
const MAIN = "254";

/** The members that `ip -N -j rule` may print of a rule that can be copied. */
const COPIED = new Set(["priority", "src", "srclen", "dst", "dstlen", "table", "protocol"]);

/** What `ip -N -j rule` prints of a rule; only what is read here. */
interface IpRuleOutput {
  readonly priority: number;
  readonly src: string;
  readonly srclen?: number;
  readonly dst?: string;
  readonly dstlen?: number;
  readonly table?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
}

/**
 * The firewall mark with which IPv4 packets go the way that the rules have for a source, when their
 * socket is not bound to it: the kernel does not read the source of packets that are sent whole
 * (raw(7)), so that `ip rule add from ADDRESS` does not apply to them. For each such rule another
 * one is made, which asks for the mark in place of the source; the journal removes them.
 *
 * @param source an IPv4 address of this host
 * @param destinations IPv4 addresses
 * @returns undefined when the rules send the packets the same way without a mark
 * @throws {Failure} when rules cannot be made, or there are others besides that cannot be followed
 */
export function markForSource(
  source: string,
  destinations: readonly string[],
  journal: Journal,
): number | undefined {
  const meant = tables(destinations, `from ${source}`);
  if (differing(destinations, meant, tables(destinations, "")).length === 0) return undefined;
  return locked(() => {
    const rules: IpRuleOutput[] = JSON.parse(run("ip", ["-N", "-j", "-4", "rule", "show"]));
    const mark = freeMark(rules);
    for (const rule of rules) {
      if (isOf(rule, source)) copy(rule, mark, journal);
    }
    const [other] = differing(destinations, meant, tables(destinations, `mark ${mark}`));
    if (other === undefined) return mark;
    throw new Failure(
      `the rules of this host send packets from ${source} to ${other} another way than those that ` +
        "mtr-packet sends: give --protocol tcp, which obeys them, or leave out --source",
    );
  });
}

/** The table that decides about packets to each destination; those that cannot be sent have none. */
function tables(destinations: readonly string[], selector: string): Map<string, string> {
  const lines = destinations.map((address) => `route get ${address} ${selector}\n`).join("");
  // A look-up that fails is an error, after which it goes on
  const { stdout } = attempt("ip", ["-N", "-j", "-4", "-force", "-batch", "-"], lines);
  const found: { dst: string; table?: string }[] = stdout.split("\n")
    .filter((line) => line.startsWith("[")).flatMap((line) => JSON.parse(line));
  return new Map(found.map(({ dst, table }) => [dst, table ?? MAIN]));
}

function differing(
  destinations: readonly string[],
  meant: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string[] {
  return destinations.filter((address) => meant.get(address) !== found.get(address));
}

function freeMark(rules: readonly IpRuleOutput[]): number {
  const free = MARKS.find((mark) =>
    !rules.some(({ fwmark, fwmask }) =>
      fwmark !== undefined && (mark & Number(fwmask ?? ALL_BITS)) >>> 0 === Number(fwmark)
    )
  );
  if (free !== undefined) return free;
  throw new Failure(
    `all ${MARKS.length} firewall marks for --source are taken: wait until other spiders have ` +
      "ended, and look for rules that use them with `ip rule`",
  );
}

/** Whether a rule is for this source, or a prefix that holds it, and can be copied. */
function isOf(rule: IpRuleOutput, source: string): boolean {
  const { src, srclen = 32, table } = rule;
  if (src === "all" || table === undefined) return false;
  if (!Object.keys(rule).every((key) => COPIED.has(key))) return false;
  const differing = numberOf(src) ^ numberOf(source);
  return srclen === 0 || differing >>> (32 - srclen) === 0;
}

function numberOf(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = addressBytes(address);
  return a << 24 | b << 16 | c << 8 | d;
}

/** Makes the same rule for a mark. It is asked right behind its model, which has that priority too. */
function copy(
  { priority, dst, dstlen = 32, table }: IpRuleOutput,
  mark: number,
  journal: Journal,
): void {
  journal.add({ kind: "rule", family: 4, priority, mark, table: Number(table) });
  const to = dst === undefined ? "" : ` to ${dst}/${dstlen}`;
  const rule = `priority ${priority} fwmark ${mark}/0xffffffff${to} table ${table}`;
  run("ip", ["-4", "rule", "add", ...`${rule} protocol ${PROTOCOL}`.split(" ")]);
}
