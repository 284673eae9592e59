import { Failure } from "../../host/failure.ts";
import { sleep } from "../../host/sleep.ts";
import { quote } from "../../target/quote.ts";
import {
  type Ask,
  type Body,
  type HttpResponse,
  NoAnswer,
  octetsBody,
  request,
} from "../http_request.ts";
import { type Metadata, metadataText, readMetadata } from "./metadata.ts";

/** What is to be uploaded, and where to. */
export interface UploadRequest {
  /** Where the observatory is: what stands before `/raw`. */
  readonly server: URL;
  readonly campaign: string;
  /** The file's name there. */
  readonly name: string;
  /** The API key. It is sent to `server` alone, and never shown in a message. */
  readonly key: string;
  readonly metadata: Metadata;
  /** The data, packed with bzip2. */
  readonly data: Body;
}

/** How it is done. */
export interface UploadOptions {
  /** How often a request is tried again after a 5xx or a connection that failed. */
  readonly retries: number;
  /** How long to wait before the first retry, in milliseconds; each further one waits twice as long. */
  readonly pause: number;
  /** How long a transfer may stall, in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
  /** Called with progress, in sentences. */
  say(text: string): void;
}

/** An upload that is complete. */
export interface Uploaded {
  /** Where the metadata is. */
  readonly url: string;
  /** Where the data is. */
  readonly data: string;
  /** Whether the server confirmed how many octets it has; false when it does not say. */
  readonly confirmed: boolean;
}

/** An upload that did not succeed. Its message goes on with what the server has, and what to do. */
export class UploadFailure extends Failure {
  /** What went wrong, and no more. */
  readonly reason: string;
  /** The answer that ended it; null where there was none. */
  readonly answer: HttpResponse | null;
  /** Octets of data that the server had of the file before; null where that is not what ended it. */
  readonly there: number | null;

  constructor(
    reason: string,
    more: string,
    { answer = null, there = null }: Partial<Pick<UploadFailure, "answer" | "there">> = {},
  ) {
    super(`${reason}${more}`);
    this.reason = reason;
    this.answer = answer;
    this.there = there;
  }
}

const MIME = { metadata: "application/json", data: "application/bzip2" } as const;

/**
 * Uploads results to a Path Transparency Observatory: first the metadata, then the data to where
 * the server says (`__data`). A file whose data is there already is not touched, and one of which
 * only the metadata is there is completed.
 *
 * @throws {UploadFailure} that says what the server has
 */
export async function upload(request: UploadRequest, options: UploadOptions): Promise<Uploaded> {
  return await new Upload(request, options).run();
}

class Upload {
  readonly #request: UploadRequest;
  readonly #options: UploadOptions;
  readonly #url: URL;

  constructor(request: UploadRequest, options: UploadOptions) {
    this.#request = request;
    this.#options = options;
    const { server, campaign, name } = request;
    const base = server.href.replace(/\/*$/, "/");
    this.#url = new URL(`raw/${encodeURIComponent(campaign)}/${encodeURIComponent(name)}`, base);
  }

  async run(): Promise<Uploaded> {
    const { name, data } = this.#request;
    const there = await this.#dataSize("nothing was sent");
    if (there !== null && there > 0) {
      throw new UploadFailure(
        `${this.#url} is there already, with ${there} octets of data, which cannot be replaced`,
        `: rename the file to upload it as another (this one has ${data.size} octets)`,
        { there },
      );
    }
    const link = await this.#putMetadata();
    this.#options.say(`The metadata of ${name} is on the server; sending ${data.size} octets.`);
    return { url: this.#url.href, data: link.href, confirmed: await this.#putData(link) };
  }

  /** Sends the metadata; returns the URL for the data. */
  async #putMetadata(): Promise<URL> {
    const octets = new TextEncoder().encode(metadataText(this.#request.metadata));
    const body = octetsBody(octets);
    const answer = await this.#tryAll(
      () => this.#ask("PUT", this.#url, MIME.metadata, body),
      (certain) =>
        certain
          ? "nothing was stored"
          : "whether the metadata was stored is not known, and no data was sent",
    );
    const stored = "the metadata may be stored, and no data was sent";
    const link = readMetadata(answer.text)?.__data;
    if (typeof link !== "string") {
      const wrong = readMetadata(answer.text) === null ? "is not a JSON object" : "has no __data";
      throw new UploadFailure(
        `the answer to the metadata ${wrong} (${this.#quote(answer.text)}), so that there is no ` +
          "address for the data",
        `; ${stored}: is ${this.#request.server} an observatory?`,
        { answer },
      );
    }
    const url = URL.canParse(link, this.#url) ? new URL(link, this.#url) : null;
    if (url?.origin === this.#url.origin) return url;
    const place = this.#quote(link);
    throw new UploadFailure(
      `the server wants the data at ${place}, which is not at ${this.#url.origin}, and the key is ` +
        "not given to others",
      `; ${stored}: give the server's own address as --url`,
      { answer },
    );
  }

  /** Sends the data. Returns whether the server confirmed its size. */
  async #putData(link: URL): Promise<boolean> {
    const { name, data } = this.#request;
    const again = "the same command completes it";
    const unknown =
      `the server has the metadata of ${name}; whether it has the data is not known: ${again}, ` +
      "or says that it is there";
    let lost = false;
    const answer = await this.#tryAll<HttpResponse | null>(
      async () => {
        // It may be there although the answer was lost, and then it cannot be sent again.
        if (lost && await this.#dataSize(unknown) === data.size) return null;
        lost = true;
        return await this.#ask("PUT", link, MIME.data, data);
      },
      (certain) =>
        certain ? `the server has the metadata of ${name} and not its data: ${again}` : unknown,
    );
    if (answer === null) return true;
    const said = readMetadata(answer.text)?.__data_size;
    const size = typeof said === "number"
      ? said
      : await this.#dataSize("the server took the data, and did not say how much");
    if (size === null || size === data.size) return size !== null;
    throw new UploadFailure(
      `the server says that it has ${size} octets of ${name}, and ${data.size} were sent`,
      `: its copy is not whole; ask its operator to delete ${this.#url}`,
      { answer },
    );
  }

  /** Octets of data that the server has of the file; null when it does not say. */
  async #dataSize(state: string): Promise<number | null> {
    const ask = async () => {
      const answer = await this.#ask("GET", this.#url, null);
      return answer.status >= 400 && answer.status < 500 ? null : answer;
    };
    const answer = await this.#tryAll(ask, () => state);
    const size = answer === null ? null : readMetadata(answer.text)?.__data_size;
    return typeof size === "number" ? size : null;
  }

  /**
   * Tries a request until it succeeds.
   *
   * @param state describes what the server has; its argument is whether that is certain
   */
  async #tryAll<T extends HttpResponse | null>(
    ask: () => Promise<T>,
    state: (certain: boolean) => string,
  ): Promise<T> {
    const { retries, pause, signal, say } = this.#options;
    let certain = true;
    for (let turn = 0;; turn++) {
      let problem: string;
      let answer: T | null = null;
      try {
        answer = await ask();
        if (answer === null || answer.status >= 200 && answer.status < 300) return answer;
        problem = this.#complaint(answer);
        if (answer.status < 500) {
          throw new UploadFailure(problem, `${this.#advice(answer)}; ${state(certain)}`, {
            answer,
          });
        }
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        problem = `no answer from ${this.#url.host}: ${error.message}`;
      }
      certain = false;
      if (turn >= retries || signal.aborted) {
        const often = turn > 0 ? `, in ${turn + 1} attempts` : "";
        throw new UploadFailure(problem, `${often}; ${state(certain)}`, { answer });
      }
      const wait = pause * 2 ** turn;
      say(`${problem}; trying again in ${wait / 1000} s`);
      await sleep(wait, signal);
    }
  }

  #ask(method: Ask["method"], url: URL, type: string | null, body?: Body): Promise<HttpResponse> {
    const { patience, signal } = this.#options;
    const headers = {
      Authorization: `APIKEY ${this.#request.key}`,
      ...type !== null && { "Content-Type": type },
    };
    return request({ method, url, headers, patience, signal, ...body !== undefined && { body } });
  }

  #complaint({ status, location, text }: HttpResponse): string {
    const { host } = this.#url;
    return isRedirect(status)
      ? `${host} answers ${status} and points to ${this.#quote(location)}`
      : `${host} answers ${status} (${this.#quote(text.trim())})`;
  }

  #advice({ status }: HttpResponse): string {
    if (isRedirect(status)) return "; give that as --url";
    if (status === 401 || status === 403) {
      return ": is the key right, and may it write to this campaign?";
    }
    const { campaign } = this.#request;
    return status === 404 ? `: is there a campaign ${campaign}, and is --url right?` : "";
  }

  /** A short quotation of the server, without the key. */
  #quote(text: string): string {
    return quote(text.replaceAll(this.#request.key, "***"));
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
