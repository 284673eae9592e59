import { Failure } from "./failure.ts";
import { endMarked } from "./marked.ts";
import { deleteNamespace } from "./namespace.ts";
import { programPath } from "./program_path.ts";
import { attempt } from "./run.ts";
import { readSysctl, writeSysctl } from "./sysctl.ts";
import { describe, labNote, PROTOCOL, type Undo } from "./undo.ts";

/**
 * Undoes one thing. Does nothing if it is already undone, or was never done.
 *
 * @param namespace path of the network namespace it was done in; null for our own
 * @throws {Failure} when it could not be undone
 */
export function perform(undo: Undo, namespace: string | null = null): void {
  switch (undo.kind) {
    case "rule":
      return deleteRule(undo, namespace);
    case "route-table":
      return deleteRoutes(undo, namespace);
    case "netns":
      return deleteNamespace(undo.name);
    case "link":
      return deleteThing(undo, namespace, "ip", "link", "del", "dev", undo.name);
    case "nft-table":
      return deleteThing(undo, namespace, "nft", "delete", "table", "netdev", undo.name);
    case "sysctl":
      return putBack(undo, namespace);
    case "container":
      return deleteContainer(undo);
    case "processes":
      return endMarked(undo.mark);
    case "lab":
      return deleteFile(labNote(undo.name));
    case "directory":
      return deleteFile(undo.path);
  }
}

function deleteRule(undo: Undo & { kind: "rule" }, namespace: string | null): void {
  const selector = `priority ${undo.priority} fwmark ${undo.mark}/0xffffffff table ${undo.table} ` +
    `protocol ${PROTOCOL}`;
  const [program, ...args] = within(namespace, "ip", `-${undo.family}`, "rule", "del");
  const { ok, stderr } = attempt(program, [...args, ...selector.split(" ")]);
  if (!ok && !/No such file or directory/.test(stderr)) throw refused(describe(undo), stderr);
}

function deleteRoutes(undo: Undo & { kind: "route-table" }, namespace: string | null): void {
  const selector = `flush table ${undo.table} protocol ${PROTOCOL}`;
  const [program, ...args] = within(namespace, "ip", `-${undo.family}`, "route");
  const { ok, stderr } = attempt(program, [...args, ...selector.split(" ")]);
  if (!ok && !noSuchTable(stderr)) throw refused(describe(undo), stderr);
}

/** Whether `ip` reports a missing routing table, as it does before the first route. */
function noSuchTable(said: string): boolean {
  return /FIB table does not exist|No such file or directory/.test(said);
}

/** Runs what deletes something, which may be gone already. */
function deleteThing(
  undo: Undo,
  namespace: string | null,
  ...command: [string, ...string[]]
): void {
  const [program, ...args] = within(namespace, ...command);
  const { ok, stderr } = attempt(program, args);
  const missing = /No such file or directory|Cannot find device|No such device/;
  if (!ok && !missing.test(stderr)) throw refused(describe(undo), stderr);
}

/** Where podman is not installed any more there is none to delete. */
function deleteContainer(undo: Undo & { kind: "container" }): void {
  if (programPath("podman") === null) return;
  const args = ["rm", "--force", "--ignore", "--time=0", undo.name];
  const { ok, stderr } = attempt("podman", args);
  if (!ok) throw refused(describe(undo), stderr);
}

/** A value that another program has set since is kept. */
function putBack({ name, found, ours }: Undo & { kind: "sysctl" }, namespace: string | null): void {
  const now = readSysctl(name, namespace);
  if (now !== null && now !== found && ours.includes(now)) writeSysctl(name, found, namespace);
}

/** Deletes a file, or a folder with all that is in it. */
function deleteFile(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function within(
  namespace: string | null,
  ...command: [string, ...string[]]
): [string, ...string[]] {
  return namespace === null ? command : ["nsenter", `--net=${namespace}`, ...command];
}

function refused(what: string, said: string): Failure {
  return new Failure(`cannot remove ${what}: ${said.trim()}`);
}
