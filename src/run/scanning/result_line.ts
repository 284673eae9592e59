import type { Concluder, Result } from "../../contract/spider.ts";
import { jsonText } from "../../host/json_text.ts";

/** Conclusions whose text is kept; then it begins anew. */
const MOST = 4096;

/**
 * Lines of results that have nothing of their own but address, port and times, as JSON: those of a scan
 * are many, and so are written in a third of the time that JSON.stringify takes.
 */
export class ResultLines {
  readonly #spider: Concluder;
  /** What follows the times, by the conditions. */
  readonly #tails = new Map<readonly string[], string>();

  constructor(spider: Concluder) {
    this.#spider = spider;
  }

  /** The line of a result that was scanned, without its end; null for one that has more. */
  of(result: Result): string | null {
    const { dip, dp, sip, time: { from, to }, conditions } = result;
    if ("missed" in result || "flow_results" in result || sip === null) return null;
    let tail = this.#tails.get(conditions);
    if (tail === undefined) {
      if (this.#tails.size === MOST) this.#tails.clear();
      tail = jsonText({ conditions, spider: this.#spider, method: "scan" }).slice(1);
      this.#tails.set(conditions, tail);
    }
    return `{"dip":"${dip}","dp":${dp},"sip":"${sip}","path":["${sip}","*","${dip}"],` +
      `"time":{"from":"${from}","to":"${to}"},${tail}`;
  }
}
