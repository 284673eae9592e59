import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { stateDirectory } from "./state.ts";
import { isNamespaced, SYSCTL_NAME } from "./sysctl.ts";

/** The `protocol` that our routes and rules carry, which marks them as ours. */
export const PROTOCOL = 83;

/** Prefix of the names of our namespaces and temporary directories. */
export const PREFIX = "spider-";

/** Prefix of the names of our links. */
export const LINK_PREFIX = "spdr";

/** Prefix of the names of our nftables tables. */
export const TABLE_PREFIX = "spider_";

const family = z.union([z.literal(4), z.literal(6)]);
const number = z.int().min(0).max(0xffff_ffff);

/** The kinds of undo. They are data, so that they outlive a process. */
export const Undo = z.discriminatedUnion("kind", [
  /** Delete our policy rule. */
  z.strictObject({
    kind: z.literal("rule"),
    family,
    priority: number,
    mark: number,
    table: number,
  }),
  /** Delete our routes from a routing table. */
  z.strictObject({ kind: z.literal("route-table"), family, table: number }),
  /** End what runs in a network namespace that we made, and delete it. */
  z.strictObject({
    kind: z.literal("netns"),
    name: z.string().regex(new RegExp(`^${PREFIX}[a-z0-9.-]+$`)),
  }),
  /** Delete a link that we made. */
  z.strictObject({
    kind: z.literal("link"),
    name: z.string().regex(new RegExp(`^${LINK_PREFIX}[0-9]+$`)),
  }),
  /** Delete an nftables table of the family netdev that we made. */
  z.strictObject({
    kind: z.literal("nft-table"),
    name: z.string().regex(new RegExp(`^${TABLE_PREFIX}[0-9]+$`)),
  }),
  /** Restore a kernel setting, if it still has a value that we gave it. */
  z.strictObject({
    kind: z.literal("sysctl"),
    name: z.string().regex(SYSCTL_NAME),
    found: z.string(),
    /** The values that we may have given it. */
    ours: z.array(z.string()),
  }),
  /** End and delete a container of podman that we made. */
  z.strictObject({
    kind: z.literal("container"),
    name: z.string().regex(new RegExp(`^${PREFIX}[a-z0-9.-]+$`)),
  }),
  /** End processes that we started on this host itself, by their mark. */
  z.strictObject({ kind: z.literal("processes"), mark: z.uuid() }),
  /** Delete the note of a lab, which says what runs; see lab/live/note.ts. */
  z.strictObject({ kind: z.literal("lab"), name: z.string().regex(/^[a-z0-9-]+$/) }),
  /** Delete a directory that we made, with all that is in it. */
  z.strictObject({
    kind: z.literal("directory"),
    path: z.string().refine(temporary, "not a temporary directory of ours"),
  }),
]);

/** One thing to undo. */
export type Undo = z.infer<typeof Undo>;

/** Whether what is to be undone survives a reboot: of a container its name and its layer do. */
export function outlivesBoot({ kind }: Undo): boolean {
  return ["container", "lab", "directory"].includes(kind);
}

/** Whether it depends on the network namespace that it was done in. */
export function inNamespace(undo: Undo): boolean {
  if (undo.kind === "sysctl") return isNamespaced(undo.name);
  return !["netns", "container", "processes", "lab", "directory"].includes(undo.kind);
}

/** What undoing it does, as the rest of a sentence that begins with "removed". */
export function describe(undo: Undo): string {
  switch (undo.kind) {
    case "rule":
      return `the IPv${undo.family} rule ${undo.priority} for mark ${undo.mark}`;
    case "route-table":
      return `our routes in the IPv${undo.family} table ${undo.table}`;
    case "netns":
      return `the network namespace ${undo.name}`;
    case "link":
      return `the link ${undo.name}`;
    case "nft-table":
      return `the nftables table ${undo.name}`;
    case "sysctl":
      return `our setting of ${undo.name} (it was ${undo.found || "empty"})`;
    case "container":
      return `the container ${undo.name}`;
    case "processes":
      return `the processes of the mark ${undo.mark}`;
    case "lab":
      return `the note of the lab ${undo.name}`;
    case "directory":
      return `the directory ${undo.path}`;
  }
}

/** Where a lab that runs is described, by its name. */
export function labNote(name: string): string {
  return `${labNotes()}/${name}.json`;
}

/** The folder of those notes. */
export function labNotes(): string {
  return `${stateDirectory()}/labs`;
}

function temporary(path: string): boolean {
  const places = [tmpdir(), "/tmp", "/var/tmp"];
  return places.includes(dirname(path)) && path.slice(dirname(path).length + 1).startsWith(PREFIX);
}
