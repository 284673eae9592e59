import type { Hono } from "hono";
import { z } from "zod";
import { Failure } from "../../host/failure.ts";
import { sleep } from "../../host/sleep.ts";
import { line, must, oneOf } from "../../plugin/schema/words.ts";
import { readJobs } from "../../target/read.ts";
import { Skipped } from "../../target/skipped.ts";
import type { Config } from "../config/schema.ts";
import { DatabaseFailure } from "../database/database.ts";
import { bodyOctets } from "../http/body.ts";
import { checkedAs } from "../http/checked.ts";
import type { ServeEnvironment } from "../http/environment.ts";
import { parametersOf } from "../http/parameters.ts";
import { ProblemError } from "../http/problem.ts";
import { type Caller, isVisible, ownerFor, requireScope } from "../keys/access.ts";
import { requireRoom } from "./room.ts";
import { whileAllowed } from "../keys/while_allowed.ts";
import type { ListStore, TargetList } from "./store.ts";
import { targetStream } from "./target_stream.ts";
import { targetProblem } from "./target_problem.ts";

/** Lines that were no targets that an answer tells of. */
const MOST_TOLD = 100;

/** Lines that are read, and kept, until others have their turn. */
const AT_ONCE = 500;

/** What answers about lists are made of. */
export interface ListParts {
  readonly lists: ListStore;
  readonly config: () => Config;
}

/** What says how a list is to be read. */
export const uploadQuery = z.strictObject({
  name: line("what it is called").max(200, must("at most 200 characters")),
  needs: oneOf(["address", "domain"], "what each target has").default("address"),
});

/** Lists of targets as resources. */
export function listRoutes(app: Hono<ServeEnvironment>, { lists, config }: ListParts): void {
  const found = (id: string, caller: Caller): TargetList => {
    requireScope(caller, "read");
    const list = lists.get(id);
    if (list !== undefined && isVisible(list, caller)) return list;
    throw new ProblemError(404, `there is no list ${id}`);
  };

  app.post("/lists", async (context) => {
    const caller = context.get("caller");
    requireScope(caller, "measure");
    const { name, needs } = checkedAs(uploadQuery, parametersOf(context), "query");
    const { requests, measure } = config();
    const octets = await bodyOctets(context.req.raw, {
      most: requests.upload,
      seconds: requests.seconds,
    });
    requireRoom(lists, caller, requests.lists, { lists: 1, targets: 1 });
    const coming = lists.begin({ owner: caller.key, name, needs });
    try {
      const more = (lines: readonly string[]) => {
        if (coming.targets + lines.length > measure.targets) {
          throw new ProblemError(422, `a list has at most ${measure.targets} targets here`);
        }
        requireRoom(lists, caller, requests.lists, { lists: 0, targets: lines.length });
        coming.add(lines);
      };
      const { skipped, told } = await keepTargets(octets, needs, more);
      if (coming.targets === 0) throw new ProblemError(422, told[0] ?? "the list has no targets");
      const list = lists.get(coming.end(skipped))!;
      context.header("Location", `/lists/${list.id}`);
      return context.json({ ...listRecord(list), problems: told }, 201);
    } catch (error) {
      coming.drop();
      throw error;
    }
  });

  app.get("/lists", (context) => {
    const caller = context.get("caller");
    requireScope(caller, "read");
    return context.json({ lists: lists.list(ownerFor(caller)).map(listRecord) });
  });

  app.get(
    "/lists/:id",
    (context) => context.json(listRecord(found(context.req.param("id"), context.get("caller")))),
  );

  app.get("/lists/:id/targets", (context) => {
    const list = found(context.req.param("id"), context.get("caller"));
    context.header("Content-Type", "application/x-ndjson");
    return context.body(whileAllowed(targetStream(lists, list), context.get("isStillCaller")));
  });

  app.delete("/lists/:id", (context) => {
    const caller = context.get("caller");
    const list = found(context.req.param("id"), caller);
    requireScope(caller, "measure");
    lists.remove(list);
    return context.body(null, 204);
  });
}

/**
 * Hands over the targets of a list in any form that `spider measure` takes, as lines of JSON, some at once;
 * which lines were none.
 *
 * @throws {ProblemError} 422 for what is no text
 */
async function keepTargets(
  octets: Uint8Array<ArrayBuffer>,
  needs: TargetList["needs"],
  keep: (lines: readonly string[]) => void,
) {
  let lines: string[] = [];
  let count = 0;
  const told: string[] = [];
  const skipped = new Skipped();
  const stream = new Blob([octets]).stream();
  try {
    for await (const read of readJobs(stream, { needs, name: "the list" })) {
      if ("job" in read) lines.push(JSON.stringify(read.job));
      else {
        skipped.add(read);
        if (told.length < MOST_TOLD) told.push(`line ${read.line}: ${targetProblem(read.problem)}`);
      }
      if (++count % AT_ONCE > 0) continue;
      keep(lines);
      lines = [];
      await sleep(0);
    }
  } catch (error) {
    if (error instanceof Failure && !(error instanceof DatabaseFailure)) {
      throw new ProblemError(422, error.message);
    }
    throw error;
  }
  keep(lines);
  return { told, skipped: skipped.count };
}

function listRecord({ id, name, needs, created, targets, skipped }: TargetList) {
  return {
    ...{ id, name, needs, targets, skipped },
    created: new Date(created).toISOString(),
    links: { self: `/lists/${id}`, targets: `/lists/${id}/targets` },
  };
}
