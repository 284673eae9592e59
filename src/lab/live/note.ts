import { z } from "zod";
import { Failure } from "../../host/failure.ts";
import type { Journal } from "../../host/journal.ts";
import { gone } from "../../host/process.ts";
import { journaled } from "../../host/restore.ts";
import { writing } from "../../host/state.ts";
import { labNote, labNotes } from "../../host/undo.ts";
import type { LabPlan } from "../topology/network_plan.ts";

const NotedNode = z.object({
  name: z.string(),
  namespace: z.string(),
  isRouter: z.boolean(),
  /** Addresses on its links. */
  addresses: z.array(z.string()),
  /** Prefixes that it answers at. */
  serves: z.array(z.string()),
  middleboxes: z.array(z.string()),
  services: z.array(z.string()),
});

const Note = z.object({ name: z.string(), nodes: z.array(NotedNode) });

/** What is known of a lab that runs. */
export type NotedLab = z.infer<typeof Note>;

/** A host or router of it. */
export type NotedNode = z.infer<typeof NotedNode>;

/** A lab that runs, and the process that holds it. */
export interface RunningLab extends NotedLab {
  readonly pid: number;
  /** Whether its process id means the same here. */
  readonly isNear: boolean;
}

/** Notes for other processes that a lab runs, and what it is. */
export function writeNote(plan: LabPlan, journal: Journal): void {
  journal.add({ kind: "lab", name: plan.name });
  writing(() => {
    Deno.mkdirSync(labNotes(), { recursive: true, mode: 0o700 });
    const path = labNote(plan.name);
    // Whoever looks sees all of it or nothing
    Deno.writeTextFileSync(`${path}.new`, JSON.stringify(noteOf(plan)), { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
  });
}

/** What others are to know of a lab. */
export function noteOf(plan: LabPlan): NotedLab {
  return {
    name: plan.name,
    nodes: plan.nodes.map(({ name, namespace, isRouter, interfaces, serves, boxes, services }) => ({
      name,
      namespace,
      isRouter,
      addresses: interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
      serves: serves.map(({ text }) => text),
      middleboxes: boxes.map(({ written }) => written),
      services: services.map(({ service }) => service.name),
    })),
  };
}

/** The labs that run on this machine, by name. */
export function runningLabs(): RunningLab[] {
  return journaled().flatMap(({ undo, pid, isNear, alive }) => {
    if (undo.kind !== "lab" || !alive) return [];
    const note = readNote(undo.name);
    return note === null ? [] : [{ ...note, pid, isNear }];
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Null when it is not there: the lab is just coming up, or going down. */
function readNote(name: string): NotedLab | null {
  try {
    return Note.parse(JSON.parse(Deno.readTextFileSync(labNote(name))));
  } catch (error) {
    if (gone(error)) return null;
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    throw new Failure(
      `${
        labNote(name)
      } is not the note of a lab of this version: end the lab with the spider that ` +
        "began it",
      { cause: error },
    );
  }
}

/**
 * The lab of that name that runs; without a name the only one.
 *
 * @throws {Failure} when there is none, or are several
 */
export function runningLab(name: string | undefined): RunningLab {
  const all = runningLabs();
  const found = name === undefined ? all : all.filter((lab) => lab.name === name);
  if (found.length === 1) return found[0]!;
  const names = all.map((lab) => lab.name).join(", ");
  if (all.length === 0) {
    throw new Failure("no lab runs here: begin one with spider lab up FILE.yaml");
  }
  throw new Failure(
    name === undefined
      ? `several labs run here, ${names}: say which one is meant`
      : `no lab ${name} runs here: there is ${names}`,
  );
}

/**
 * A host or router of a lab, by its name.
 *
 * @throws {Failure} when there is none of that name
 */
export function nodeOf(lab: RunningLab, name: string): NotedNode {
  const found = lab.nodes.find((node) => node.name === name);
  if (found !== undefined) return found;
  const names = lab.nodes.map((node) => node.name).join(", ");
  throw new Failure(`the lab ${lab.name} has no host or router ${name}: there is ${names}`);
}
