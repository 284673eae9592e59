import { Failure } from "./failure.ts";
import type { Entry, Journal } from "./journal.ts";
import { networkNamespace } from "./process.ts";
import { journaled } from "./restore.ts";
import { locked } from "./state.ts";
import {
  isNamespaced,
  noSuchSetting,
  readSysctl,
  SYSCTL_NAME,
  sysctlText,
  writeSysctl,
} from "./sysctl.ts";

/** Kernel settings by name. */
export type Sysctls = Readonly<Record<string, number | string>>;

/** One setting of the host that this process may change. */
interface Held {
  readonly found: string;
  readonly entry: Entry;
}

/**
 * Kernel settings of this host that are changed back and forth, and restored at the end. No other
 * spider may hold the same ones meanwhile.
 */
export class SysctlHold implements Disposable {
  readonly #held = new Map<string, Held>();
  readonly #journal: Journal;

  private constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Records the settings before anything is changed.
   *
   * @param states what they will be set to, in turn
   * @throws {Failure} when there is no such setting, or another spider holds it
   */
  static open(states: readonly Sysctls[], journal: Journal): SysctlHold {
    const values = new Map<string, Set<string>>();
    for (const state of states) {
      for (const [name, value] of Object.entries(state)) {
        if (!values.has(name)) values.set(name, new Set());
        values.get(name)!.add(sysctlText(value));
      }
    }
    return locked(() => {
      const hold = new SysctlHold(journal);
      try {
        for (const [name, ours] of values) hold.#take(name, [...ours]);
        return hold;
      } catch (error) {
        hold.close();
        throw error;
      }
    });
  }

  /**
   * Makes the settings these; the other settings that are held get their original values. Values
   * that are already set are not written again.
   *
   * @throws {Failure} when the kernel refuses
   */
  set(state: Sysctls): void {
    for (const [name, { found }] of this.#held) {
      const wanted = name in state ? sysctlText(state[name]!) : found;
      if (readSysctl(name) === wanted) continue;
      writeSysctl(name, wanted);
      const now = readSysctl(name);
      if (now === wanted) continue;
      // Set once more it stays, unless it is the kernel that makes something else of it
      writeSysctl(name, wanted);
      if (readSysctl(name) !== wanted || now === null) {
        throw new Failure(`the kernel made ${now} of ${name}, which was set to ${wanted}`);
      }
      writeSysctl(name, now);
      throw setByAnother(name, now, wanted);
    }
  }

  /**
   * Checks that the settings are still these.
   *
   * @throws {Failure} when another program has changed one
   */
  check(state: Sysctls): void {
    for (const [name, { found }] of this.#held) {
      const wanted = name in state ? sysctlText(state[name]!) : found;
      const now = readSysctl(name);
      if (now === wanted) continue;
      throw setByAnother(name, now, wanted);
    }
  }

  /** Restores them. Closing it again does nothing. */
  close(): void {
    for (const { entry } of [...this.#held.values()].reverse()) this.#journal.undo(entry);
    this.#held.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(name: string, ours: readonly string[]): void {
    if (!SYSCTL_NAME.test(name)) throw new Failure(`${name} is no name of a kernel setting`);
    checkFree(name);
    const found = readSysctl(name);
    if (found === null) throw noSuchSetting(name);
    const entry = this.#journal.add({ kind: "sysctl", name, found, ours: [...ours] });
    this.#held.set(name, { found, entry });
  }
}

function setByAnother(name: string, now: string | null, wanted: string): Failure {
  return new Failure(
    `something else on this host set ${name} to ${now} while spider had it at ${wanted}, so ` +
      `what was measured meanwhile is not valid: stop that program, and run again for the ` +
      `targets that have no result`,
  );
}

/** One spider must not record as original a value that another one has just set. */
function checkFree(name: string): void {
  const here = networkNamespace();
  const other = journaled().find(({ undo, own, netns }) =>
    undo.kind === "sysctl" && undo.name === name && !own &&
    (netns === here || !isNamespaced(name))
  );
  if (other === undefined) return;
  throw new Failure(
    other.alive
      ? `another spider, process ${other.pid}, holds ${name} at the moment: wait until it has ` +
        `ended, or measure with --isolate`
      : `process ${other.pid}, which was killed, left ${name} changed: put it back with spider ` +
        `doctor --restore`,
  );
}
