/** An OpenAPI document as far as tests read it. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, ParameterObject>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly headers: Readonly<Record<string, { readonly schema: object }>>;
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, SchemeObject>>;
  };
}

export interface Reference {
  readonly $ref: string;
}

export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly (ParameterObject | Reference)[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaObject>> };
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Examples;
}

export interface MediaObject {
  readonly schema: object;
  readonly "x-itemSchema"?: object;
  readonly examples?: Examples;
}

export interface ResponseObject {
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, MediaObject>>;
  readonly links?: Readonly<
    Record<string, {
      readonly operationId: string;
      readonly parameters: Readonly<Record<string, string>>;
    }>
  >;
}

export interface SchemeObject {
  readonly type: "http" | "apiKey";
  readonly in?: "header" | "query" | "cookie";
  readonly name?: string;
}

type Examples = Readonly<Record<string, { readonly value: unknown }>>;

/** Methods that a document has operations of. */
const METHODS: ReadonlySet<string> = new Set(["get", "post", "put", "patch", "delete"]);

/** An operation with where it is. */
export interface Found extends OperationObject {
  readonly method: string;
  readonly path: string;
}

/** All operations of a document, in its order, but those of plugins. */
export function operationsOf({ paths }: Document): Found[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path }))
  ).filter(({ tags }) => !tags.includes("endpoints"));
}

/** What a reference of a document stands for, or what it is itself. */
export function resolved<T extends object>(document: Document, one: T | Reference): T {
  if (!("$ref" in one)) return one;
  const names = one.$ref.slice("#/".length).split("/");
  return names.reduce(
    (value, name) => (value as Record<string, unknown>)[name],
    document as unknown,
  ) as T;
}

/** The names of an operation's examples; null alone for one that takes no more than its path says. */
export function examplesOf(document: Document, operation: Found): (string | null)[] {
  const { parameters = [], requestBody } = operation;
  const all = [
    ...parameters.map((one) => resolved(document, one)),
    ...Object.values(requestBody?.content ?? {}),
  ];
  const names = new Set(all.flatMap(({ examples = {} }) => Object.keys(examples)));
  return names.size === 0 ? [null] : [...names];
}
