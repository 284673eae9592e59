import type { Context } from "../../command.ts";
import { Interruption } from "../../interruption.ts";
import { teller } from "../../terminal/tell.ts";
import type { Access } from "./access.ts";
import { RemoteServer } from "./server.ts";

/** One run of `spider remote`: the server, what the user is told, and how he ends it. */
export class Session implements Disposable {
  readonly server: RemoteServer;
  readonly streams: Context;
  /** Where the server is, as a command line has it. */
  readonly url: string;
  /** Ends all that is asked of the server. */
  readonly giveUp = new AbortController();
  readonly #interruption: Interruption;
  /** Tells the user something. */
  say: (text: string) => void;
  /** What the first signal does; at first, that nothing more is asked. */
  interrupted = () => this.giveUp.abort();

  constructor(access: Access, streams: Context) {
    this.streams = streams;
    this.url = access.base.href;
    this.say = teller(streams.stderr);
    this.server = new RemoteServer(access, this.giveUp.signal, (text) => this.say(text));
    this.#interruption = new Interruption(() => {}, { first: () => this.interrupted() });
  }

  /** Aborts with the first signal. */
  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  [Symbol.dispose](): void {
    this.#interruption[Symbol.dispose]();
    this.server[Symbol.dispose]();
  }
}
