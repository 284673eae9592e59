import { Failure } from "./failure.ts";
import type { Entry, Journal } from "./journal.ts";
import { readKernelFile } from "./kernel_file.ts";
import { journaled } from "./restore.ts";
import { ecnRoutes } from "./route_text.ts";
import { attempt, run } from "./run.ts";
import { locked } from "./state.ts";
import { noSuchTable, PROTOCOL } from "./undo.ts";

/**
 * The marks that may be taken. They use only the low bits, as other software that tells packets by
 * single bits of the mark (container networks, VPNs) uses the higher ones.
 */
const MARKS = Array.from({ length: 32 }, (_, index) => 0xe0 + index);

/** A mark's routing table is this and the mark. */
const TABLE_BASE = 8300;

/** Settings of `net.ipv4.tcp_ecn` with which outgoing connections do not ask for ECN. */
export const PASSIVE: ReadonlySet<number> = new Set([0, 2, 5]);

/** What `ip -j rule` says of a rule that holds for every packet. */
const UNCONDITIONAL = new Set(["priority", "src", "table", "protocol"]);

/** An address family, by its IP version. */
export type Family = 4 | 6;

/** What `ip -j rule` says of a rule; only what is read here. */
interface Rule {
  readonly priority: number;
  readonly src: string;
  readonly table?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
}

/**
 * Lets single sockets ask for ECN, whatever the host's own setting: those that carry a firewall
 * mark take their route from a table of ours, whose routes say `features ecn`. Bind the socket to the
 * interface (`SO_BINDTODEVICE`) and set the mark (`SO_MARK`) before `connect`. Nothing changes for
 * sockets without the mark.
 */
export class EcnRoute implements Disposable {
  /** The mark that makes a socket ask for ECN. */
  readonly mark: number;
  readonly #journal: Journal;
  readonly #entries: Entry[] = [];
  readonly #unusable = new Map<Family, Failure>();
  readonly #interface: string;
  /** The routes that were copied, as text. */
  readonly #copied = new Map<Family, string>();

  private constructor(mark: number, interfaceName: string, journal: Journal) {
    this.mark = mark;
    this.#interface = interfaceName;
    this.#journal = journal;
  }

  /**
   * Makes the tables and rules, for the families that have routes through the interface.
   *
   * @throws {Failure} when the host asks for ECN on every connection, no route leads through the
   * interface, or the kernel refuses. Nothing is left behind then.
   */
  static open(interfaceName: string, journal: Journal): EcnRoute {
    checkSettings();
    return locked(() => {
      const supported = ([4, 6] as const).filter(isSupported);
      const families = supported
        .map((family) => ({ family, routes: routesThrough(interfaceName, family) }))
        .filter(({ routes }) => routes.length > 0);
      if (families.length === 0) {
        throw new Failure(
          `No route leads through ${interfaceName}, so ECN cannot be asked for there: choose ` +
            `another interface with --interface, or add a route.`,
        );
      }
      const mark = freeMark(supported);
      const opened = new EcnRoute(mark, interfaceName, journal);
      try {
        for (const { family, routes } of families) opened.#tryAdd(family, routes);
        if (opened.#unusable.size === families.length) opened.markFor(families[0]!.family);
      } catch (error) {
        opened.close();
        throw error;
      }
      return opened;
    });
  }

  /**
   * The mark for sockets of a family.
   *
   * @throws {Failure} when the routes of that family could not be made
   */
  markFor(family: Family): number {
    const failure = this.#unusable.get(family);
    if (failure !== undefined) throw failure;
    return this.mark;
  }

  /**
   * Checks that the routes are still those that were copied: otherwise sockets with the mark go
   * another way than those without.
   *
   * @throws {Failure} when they have changed
   */
  check(): void {
    for (const [family, copied] of this.#copied) {
      if (asText(routesThrough(this.#interface, family)) === copied) continue;
      throw new Failure(
        `The IPv${family} routes through ${this.#interface} changed during the run, so that the ` +
          `two arms took different ways: run again for the targets that have no result.`,
      );
    }
  }

  /** Removes tables and rules. Closing it again does nothing. */
  close(): void {
    this.#undoFrom(0);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #undoFrom(first: number): void {
    for (const entry of this.#entries.splice(first).reverse()) this.#journal.undo(entry);
  }

  /** A family whose routes the kernel does not take again must not hinder the other. */
  #tryAdd(family: Family, routes: readonly (readonly string[])[]): void {
    const first = this.#entries.length;
    try {
      this.#add(family, routes);
    } catch (error) {
      this.#undoFrom(first);
      if (!(error instanceof Failure)) throw error;
      this.#unusable.set(family, error);
    }
  }

  #add(family: Family, routes: readonly (readonly string[])[]): void {
    const table = TABLE_BASE + this.mark;
    const priority = priorityBeforeMain(family);
    const place = `table ${table} protocol ${PROTOCOL}`;
    // `ip` reads the words after the first `nexthop` as that hop's own, so the table stands first.
    const batch = routes.map((words) => `route add ${place} ${words.join(" ")}\n`).join("");
    this.#entries.push(this.#journal.add({ kind: "route-table", family, table }));
    run("ip", [`-${family}`, "-batch", "-"], batch);
    this.#entries.push(
      this.#journal.add({ kind: "rule", family, priority, mark: this.mark, table }),
    );
    const rule = `priority ${priority} fwmark ${this.mark}/0xffffffff ${place}`;
    run("ip", [`-${family}`, "rule", "add", ...rule.split(" ")]);
    this.#copied.set(family, asText(routes));
  }
}

function checkSettings(): void {
  const ecn = Number(readKernelFile("/proc/sys/net/ipv4/tcp_ecn"));
  if (!PASSIVE.has(ecn)) {
    throw new Failure(
      `net.ipv4.tcp_ecn is ${ecn}, with which every connection of this host asks for ECN, also ` +
        `those that are to go without: set it with \`sysctl -w net.ipv4.tcp_ecn=2\`.`,
    );
  }
  const control = readKernelFile("/proc/sys/net/ipv4/tcp_congestion_control").trim();
  if (control === "dctcp") {
    throw new Failure(
      `The congestion control ${control} asks for ECN on every connection, also those that are to ` +
        `go without: set another with \`sysctl -w net.ipv4.tcp_congestion_control=cubic\`.`,
    );
  }
}

function asText(routes: readonly (readonly string[])[]): string {
  return routes.map((words) => words.join(" ")).join("\n");
}

/** Whether the kernel speaks this family; IPv6 can be switched off. */
function isSupported(family: Family): boolean {
  const { ok, stderr } = attempt("ip", [`-${family}`, "rule", "show"]);
  if (!ok && !/not supported/.test(stderr)) {
    throw new Failure(`Cannot read rules: ${stderr.trim()}.`);
  }
  return ok;
}

function routesThrough(interfaceName: string, family: Family): string[][] {
  return ecnRoutes(showRoutes(family, "main"), interfaceName);
}

/** A table's routes, one a line; a table without any is not there. */
function showRoutes(family: Family, table: string): string {
  const words = [`-${family}`, "-o", "route", "show", "table", table];
  const { ok, stdout, stderr } = attempt("ip", words);
  if (!ok && !noSuchTable(stderr)) throw new Failure(`Cannot read routes: ${stderr.trim()}.`);
  return stdout;
}

/**
 * How many marks are free, of how many. Changes nothing.
 *
 * @throws {Failure} when rules or journals cannot be read
 */
export function countMarks(): { readonly free: number; readonly all: number } {
  const families = ([4, 6] as const).filter(isSupported);
  return { free: [...freeMarks(families)].length, all: MARKS.length };
}

function freeMark(families: readonly Family[]): number {
  for (const mark of freeMarks(families)) return mark;
  throw new Failure(
    `All ${MARKS.length} firewall marks for ECN are taken: wait until other spiders have ended, ` +
      `and look for rules that use them with \`ip rule\`.`,
  );
}

function* freeMarks(families: readonly Family[]): Generator<number> {
  const rules = families.flatMap(rulesOf);
  // Also those of other namespaces: a namespace's number may be given to a later one.
  const taken = new Set(journaled().map(({ undo }) => "table" in undo ? undo.table : -1));
  for (const mark of MARKS) {
    const table = TABLE_BASE + mark;
    if (taken.has(table)) continue;
    if (rules.some((rule) => rule.table === String(table) || matches(rule, mark))) continue;
    if (families.every((family) => isEmpty(table, family))) yield mark;
  }
}

/** Whether packets with this mark would come under the rule because of it. */
function matches(rule: Rule, mark: number): boolean {
  if (rule.fwmark === undefined) return false;
  const mask = rule.fwmask === undefined ? 0xffff_ffff : Number(rule.fwmask);
  return ((mark & mask) >>> 0) === Number(rule.fwmark);
}

function isEmpty(table: number, family: Family): boolean {
  return showRoutes(family, String(table)).trim() === "";
}

/**
 * The priority of a rule that is asked last before the main table, after all of the user's own.
 * Of several rules with one priority the one that was added last is asked last.
 */
function priorityBeforeMain(family: Family): number {
  const main = rulesOf(family).find((rule) =>
    rule.table === "254" && rule.src === "all" &&
    Object.keys(rule).every((key) => UNCONDITIONAL.has(key))
  );
  if (main === undefined || main.priority === 0) {
    throw new Failure(
      `No rule for IPv${family} looks up the main table: add \`ip -${family} rule add priority ` +
        `32766 table main\`.`,
    );
  }
  return main.priority - 1;
}

function rulesOf(family: Family): Rule[] {
  return JSON.parse(run("ip", ["-N", "-j", `-${family}`, "rule", "show"]));
}
