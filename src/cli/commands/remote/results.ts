import { isDeeper } from "../../../host/nesting.ts";
import type { ResultWriter } from "../../../result/ndjson.ts";
import { count, emptyTally, type Tally } from "../../../measure/tally.ts";
import { nonsense, type RemoteFailure } from "./failure.ts";
import { piecesOf } from "./pieces.ts";
import { patiently, type Retry } from "./retry.ts";
import type { RemoteServer } from "./server.ts";

/**
 * Results that are asked for at once, and the characters that they may have: enough for a server that is to
 * be asked 50 times a second at most.
 */
const PAGE = 2000;
const MOST = 64 << 20;
/** How deep a result may be nested. */
const DEPTH = 100;
/** How long a server may be silent while it sends results, in milliseconds. */
const SILENCE = 60_000;
/** Conditions by different names, and how long those are, at most: they are counted in memory. */
const MOST_CONDITIONS = 100_000;
const LONGEST_CONDITION = 1000;

type Result = Readonly<Record<string, unknown>>;

/** The results of a measurement on a server, taken in order, and counted as a run here counts its own. */
export class RemoteResults {
  readonly tally: Readonly<Tally> = emptyTally();
  /** How many were taken. */
  taken = 0;
  readonly #server: RemoteServer;
  readonly #id: string;
  readonly #writer: Pick<ResultWriter, "write" | "room">;
  readonly #retry: Retry;
  /** The number on the server behind which the next ones are. */
  #after = 0;
  /** There are no more. */
  #isAll = false;

  constructor(
    server: RemoteServer,
    id: string,
    writer: Pick<ResultWriter, "write" | "room">,
    retry: Retry,
  ) {
    this.#retry = retry;
    this.#server = server;
    this.#id = id;
    this.#writer = writer;
  }

  /**
   * Takes results until there are so many, or no more on the server. A page is written when it is whole, so
   * that it can be asked for again.
   *
   * @throws {RemoteFailure} when the server cannot be asked, or sends nonsense
   */
  async take(until: number): Promise<void> {
    while (this.taken < until && !this.#isAll) {
      const most = Math.min(PAGE, until - this.taken);
      const { results, next } = await patiently(() => this.#page(most), this.#retry);
      for (const result of results) {
        const waits = this.#writer.room(this.#retry.signal);
        if (waits !== null) await waits;
        this.#writer.write(result);
        this.#count(result);
      }
      this.taken += results.length;
      this.#isAll = next === null;
      if (results.length === 0 || next === null) return;
      if (next <= this.#after) throw this.#nonsense("pages of results go round in a circle");
      this.#after = next;
    }
  }

  async #page(most: number): Promise<{ readonly results: Result[]; readonly next: number | null }> {
    const query = new URLSearchParams({ after: String(this.#after), limit: String(most) });
    const answer = await this.#server.open(`measurements/${this.#id}/results?${query}`);
    let text = "";
    for await (const piece of piecesOf(answer, this.#server.host, SILENCE)) {
      text += piece;
      if (text.length > MOST) {
        throw this.#nonsense(`${most} results have more than ${MOST} characters`);
      }
    }
    const lines = text.split("\n").filter((line) => line !== "");
    if (lines.length > most) throw this.#nonsense("there are more results than were asked for");
    const [, next] =
      /[?&]after=(\d{1,16})\b[^>]*>; rel="next"/.exec(answer.headers.get("link") ?? "") ??
        [];
    return {
      results: lines.map((line) => this.#result(line)),
      next: next === undefined ? null : Number(next),
    };
  }

  #result(line: string): Result {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw this.#nonsense("a result is no JSON");
    }
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject || isDeeper(value, DEPTH)) throw this.#nonsense("a result is no object");
    return value as Result;
  }

  /** Counts a result. What has no conditions is a target for others, and no result. */
  #count({ conditions, agreement }: Result): void {
    if (!Array.isArray(conditions)) return;
    const names = Object(agreement) as Readonly<Record<string, unknown>>;
    for (const condition of [...conditions, ...Object.keys(names)]) {
      if (typeof condition === "string" && condition.length <= LONGEST_CONDITION) continue;
      throw this.#nonsense("a condition is no word");
    }
    const shares = Object.entries(names).filter((one): one is [string, number] =>
      typeof one[1] === "number"
    );
    const result = { conditions, agreement: Object.fromEntries(shares) };
    count(this.tally, { result, flows: [], missed: [], retried: false });
    if (this.tally.conditions.size + this.tally.agreement.size > MOST_CONDITIONS) {
      throw this.#nonsense(`there are more than ${MOST_CONDITIONS} conditions`);
    }
  }

  #nonsense(what: string): RemoteFailure {
    return nonsense(this.#server.host, what);
  }
}
