import { assert, assertEquals } from "@std/assert";
import type { Carry } from "./carriers.ts";
import { type Document, examplesOf, type Found, operationsOf, resolved } from "./document.ts";
import { SchemaCheck } from "./schema_check.ts";

/** An answer with its body. */
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A client that knows a server by its document alone, and checks whether it keeps to that. */
export class DocumentClient {
  readonly document: Document;
  readonly operations: readonly Found[];
  readonly #url: string;
  readonly #check: SchemaCheck;
  /** What stands in examples, and what is there in its place. */
  readonly #instead: Map<string, string>;
  /** Parameters of paths by the operations that answers have led to. */
  readonly #linked = new Map<string, Readonly<Record<string, string>>>();
  readonly #done = new Set<string>();

  private constructor(url: string, document: Document, instead: ReadonlyMap<string, string>) {
    this.#url = url;
    this.document = document;
    this.operations = operationsOf(document);
    this.#check = new SchemaCheck(document);
    this.#instead = new Map(instead);
  }

  /** @param instead what is to be asked for in place of what examples have */
  static async of(
    url: string,
    instead: ReadonlyMap<string, string> = new Map(),
  ): Promise<DocumentClient> {
    const answer = await fetch(`${url}/openapi.json`);
    return new DocumentClient(url, await answer.json(), instead);
  }

  /** Runs all examples of an operation, or one of them; its last answer. */
  async run(id: string, carry: Carry, example?: string): Promise<Answered> {
    const operation = this.operations.find(({ operationId }) => operationId === id)!;
    let answered: Answered | undefined;
    for (const name of example === undefined ? examplesOf(this.document, operation) : [example]) {
      answered = await this.ask(operation, name, carry);
      assert(answered.status < 300, `${id} ${name}: ${answered.status} ${answered.text}`);
      this.#done.add(`${id} ${name}`);
    }
    return answered!;
  }

  /** Makes the request of an example, and checks its answer. */
  async ask(operation: Found, example: string | null, carry: Carry): Promise<Answered> {
    const { method, path, parameters = [], requestBody, operationId } = operation;
    const url = new URL(this.#url);
    const headers = new Headers();
    const linked = this.#linked.get(operationId) ?? {};
    const asked: Record<string, string> = {};
    for (const one of parameters.map((one) => resolved(this.document, one))) {
      const given = one.in === "path"
        ? linked[one.name] ?? one.example
        : one.examples?.[example ?? ""]?.value;
      if (given === undefined) continue;
      const what = `${operationId} ${example}: ${one.name}`;
      this.#check.check(one.schema, given, what);
      const value = this.#filled(String(given));
      if (one.in === "path") asked[one.name] = value;
      else if (one.in === "query") url.searchParams.set(one.name, value);
      else headers.set(one.name, value);
    }
    url.pathname = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(asked[name]!));
    let body: string | undefined;
    for (const [type, { schema, examples }] of Object.entries(requestBody?.content ?? {})) {
      const { value } = examples![example!]!;
      this.#check.check(schema, value, `the body of ${operationId} ${example}`);
      body = this.#filled(typeof value === "string" ? value : JSON.stringify(value));
      headers.set("content-type", type === "*/*" ? "text/plain" : type);
    }
    carry({ url, headers });
    const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
    const answered = {
      status: answer.status,
      headers: answer.headers,
      text: await answer.text(),
    };
    this.#checkAnswer(operation, example, answered);
    this.#follow(operation, asked, answered);
    return answered;
  }

  /** Fails where an example of some operations, a status or a header was not met. */
  checkAllDone(isMeant: (operation: Found) => boolean): void {
    const wanted = this.operations.filter(isMeant).flatMap((operation) => {
      const { operationId: id, responses } = operation;
      const good = Object.entries(responses).filter(([status]) => status.startsWith("2"));
      return [
        ...examplesOf(this.document, operation).map((name) => `${id} ${name}`),
        ...good.map(([status]) => `${id} ${status}`),
        ...good.flatMap(([, response]) =>
          Object.keys(resolved(this.document, response).headers ?? {}).map((name) =>
            `${id} ${name.toLowerCase()}`
          )
        ),
      ];
    });
    assert(wanted.length > 0);
    assertEquals(wanted.filter((one) => !this.#done.has(one)), []);
  }

  #checkAnswer(
    { operationId, responses }: Found,
    example: string | null,
    { status, headers, text }: Answered,
  ): void {
    const what = `${operationId} ${example}, ${status}`;
    this.#done.add(`${operationId} ${status}`);
    const response = responses[status]!;
    assert(response !== undefined, `${what} is not documented: ${text}`);
    const { content, headers: told = {} } = resolved(this.document, response);
    const names = new Set(Object.keys(told).map((name) => name.toLowerCase()));
    for (const [name, { schema }] of Object.entries(this.document.components.headers)) {
      const value = headers.get(name);
      if (value === null) continue;
      assert(names.has(name.toLowerCase()), `${what} has ${name}, which is not documented`);
      this.#check.check(schema, value, `${name} of ${what}`);
      this.#done.add(`${operationId} ${name.toLowerCase()}`);
    }
    if (content === undefined) return assertEquals(text, "", what);
    const type = headers.get("content-type")!.split(";")[0]!;
    const media = content[type]!;
    assert(media !== undefined, `${what} is ${type}, which is not documented`);
    const { schema, "x-itemSchema": item } = media;
    const isJson = type.endsWith("json") && item === undefined;
    this.#check.check(schema, isJson ? JSON.parse(text) : text, what);
    if (item === undefined) return;
    const lines = text.split("\n").slice(0, -1);
    assert(lines.length > 0, `${what} has no lines`);
    for (const line of lines) this.#check.check(item, JSON.parse(line), `a line of ${what}`);
  }

  /** Keeps what an answer leads to, and puts it where examples have the same. */
  #follow({ responses }: Found, asked: Readonly<Record<string, string>>, answered: Answered) {
    const { links = {} } = resolved(this.document, responses[answered.status]!);
    for (const { operationId, parameters } of Object.values(links)) {
      const values = Object.fromEntries(
        Object.entries(parameters).map(([name, from]) => {
          const [, pointer] = /^\$response\.body#\/(.*)$/.exec(from) ?? [];
          if (pointer === undefined) return [name, asked[from.replace("$request.path.", "")]!];
          const value = pointer.split("/").reduce(
            (one, key) => one?.[key],
            JSON.parse(answered.text),
          );
          assert(value !== undefined, `${operationId}: there is no ${from}`);
          return [name, String(value)];
        }),
      );
      this.#linked.set(operationId, values);
      const operation = this.operations.find((one) => one.operationId === operationId)!;
      for (const one of operation.parameters ?? []) {
        const { name, in: place, example } = resolved(this.document, one);
        if (place === "path") this.#instead.set(String(example), values[name]!);
      }
    }
  }

  #filled(text: string): string {
    return [...this.#instead].reduce(
      // What is as short as a number would be found anywhere
      (all, [example, real]) => example.length < 8 ? all : all.replaceAll(example, real),
      text,
    );
  }
}
