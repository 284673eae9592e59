import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { countMarks } from "../ecn_marks.ts";
import { Failure } from "../failure.ts";
import { descriptorsNeeded, openFilesLimit } from "../limits.ts";
import { type Leftover, leftovers } from "../restore.ts";
import { stateDirectory } from "../state.ts";
import { fine, type HealthFinding } from "./finding.ts";

/** Arms that a target's connections are counted with: a baseline and an experimental one. */
const ARMS = 2;

/** What `--workers` is when it is not given. */
const USUAL_WORKERS = 100;

/** Workers that a fast measurement uses. */
const MANY_WORKERS = 1000;

/** The limits and the recorded state that affect a measurement. */
export function state(): HealthFinding[] {
  return [openFiles(openFilesLimit()), marks(), directory(), left()];
}

/** What a measurement can do with a limit of open files. */
export function openFiles(limit: number): HealthFinding {
  const name = "open files";
  if (limit >= descriptorsNeeded(MANY_WORKERS * ARMS)) return fine(name, `${limit} at most`);
  const workers = Math.max(0, Math.floor((limit - descriptorsNeeded(0)) / ARMS));
  return {
    name,
    level: workers < USUAL_WORKERS ? "wrong" : "warning",
    found: `${limit} at most, enough for ${workers} workers`,
    advice: `raise it with ulimit -n ${descriptorsNeeded(MANY_WORKERS * ARMS)} for more`,
  };
}

function marks(): HealthFinding {
  const name = "marks";
  try {
    const { free, all } = countMarks();
    const found = `${free} of ${all} free`;
    if (free > 0) return fine(name, found);
    const advice = "wait until other spiders have ended, and look at ip rule";
    return { name, level: "wrong", found, advice };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const found = `not known: ${error.message}`;
    return { name, level: "warning", found, advice: "run spider doctor as root" };
  }
}

function directory(): HealthFinding {
  const name = "state folder";
  const path = stateDirectory();
  if (mayWrite(path)) return fine(name, `${path} can be written`);
  return {
    name,
    level: "missing",
    found: `${path} cannot be written`,
    advice: "run spider as root, or set SPIDER_STATE_DIR to a folder that you may write to",
  };
}

/** Whether a folder can be written, or made. Makes nothing. */
function mayWrite(path: string): boolean {
  try {
    if (!statSync(path).isDirectory()) return false;
  } catch {
    // It is not there: the nearest folder above it decides
    const above = dirname(path);
    return above !== path && mayWrite(above);
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function left(): HealthFinding {
  const name = "leftovers";
  try {
    const found = leftovers();
    if (found.length === 0) return fine(name, "no run that was killed left anything behind");
    return {
      name,
      level: "wrong",
      found: found.map(sentence).join("; "),
      advice: "put it back with spider doctor --restore; the next run does so too",
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const found = `not known: ${error.message}`;
    return { name, level: "warning", found, advice: "run spider doctor as root" };
  }
}

function sentence({ path, pid, left }: Leftover): string {
  const whose = pid === null ? `the journal ${path}` : `process ${pid}, which is gone,`;
  return `${whose} left ${left.join(", ") || "an empty journal"}`;
}
