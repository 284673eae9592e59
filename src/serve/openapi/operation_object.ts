import type { z } from "zod";
import type { Answer, Content, Contents, Example, Operation, PathPart } from "./operation.ts";
import { problemsOf } from "./problem.ts";
import type { Json, Schemas } from "./schemas.ts";
import { securityOf } from "./security.ts";

/** What an operation is written with. */
export interface Surroundings {
  readonly schemas: Schemas;
  /** By their names. */
  readonly security: Readonly<Record<string, Json>>;
  /** All that the document has. */
  readonly operations: readonly Operation[];
}

/** An operation as OpenAPI 3.1 has it. */
export function operationObject(
  tag: string,
  operation: Operation,
  { schemas, security, operations }: Surroundings,
): Json {
  const { id, summary, scope, query, headers, body, answers, examples = {}, parts = [] } =
    operation;
  const valuesOf = (pick: (example: Example) => unknown) =>
    Object.fromEntries(
      Object.entries(examples).flatMap(([name, example]) => {
        const value = pick(example);
        return value === undefined ? [] : [[name, { summary: example.summary, value }]];
      }),
    );
  const parameters = (
    place: "query" | "header",
    object: z.ZodObject | undefined,
    pick: (example: Example, name: string) => unknown,
  ) =>
    Object.entries(object?.shape ?? {}).map(([name, one]) => {
      const { description, ...schema } = schemas.ofParameter(one as z.ZodType);
      return {
        ...{ name, in: place, description, schema },
        required: !(one as z.ZodType).safeParse(undefined).success,
        ...filled("examples", valuesOf((example) => pick(example, name))),
      };
    });
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: securityOf(scope, security),
    ...filled("parameters", [
      ...parts.map(({ key }) => ({ $ref: `#/components/parameters/${key}` })),
      ...parameters("query", query, ({ query }, name) => query?.[name]),
      ...parameters("header", headers, ({ headers }, name) => headers?.[name]),
    ]),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: contentOf(
          body,
          (schema) => schemas.ofInput(schema),
          filled("examples", valuesOf((example) => example.body)),
        ),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          answerObject(answer, operation, schemas, operations),
        ]),
      ),
      ...problemsOf(operation),
    },
  };
}

/** A part of a path as a component of the document. */
export function partObject({ name, schema, example }: PathPart, schemas: Schemas): Json {
  const { description, ...own } = schemas.ofInput(schema);
  return { name, in: "path", required: true, description, schema: own, example };
}

function answerObject(
  answer: Answer,
  asked: Operation,
  schemas: Schemas,
  operations: readonly Operation[],
): Json {
  const { summary, content, headers = [] } = answer;
  return {
    description: summary,
    ...filled(
      "headers",
      Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    ),
    ...(content !== undefined && {
      content: contentOf(content, (schema) => schemas.ofOutput(schema), {}),
    }),
    ...filled("links", linksOf(answer, asked, operations)),
  };
}

/** What can be asked next with what an answer gives, and the path that it is of. */
function linksOf({ gives = [] }: Answer, asked: Operation, operations: readonly Operation[]) {
  const given = new Map(gives.map(([part, at]) => [part, `$response.body#${at}`]));
  const known = new Map([
    ...(asked.parts ?? []).map((part) => [part, `$request.path.${part.name}`] as const),
    ...given,
  ]);
  const next = operations.filter(({ parts = [] }) =>
    parts.some((part) => given.has(part)) && parts.every((part) => known.has(part))
  );
  return Object.fromEntries(next.map(({ id, parts = [] }) => [id, {
    operationId: id,
    parameters: Object.fromEntries(parts.map((part) => [part.name, known.get(part)!])),
  }]));
}

/** Lines have a schema of their own by the name that OpenAPI 3.2 gives it, as an extension. */
function contentOf(contents: Contents, schemaOf: (schema: z.ZodType) => Json, more: Json): Json {
  return Object.fromEntries(
    Object.entries(contents).map(([type, { schema, lines }]: [string, Content]) => [
      essence(type),
      {
        schema: schemaOf(schema),
        ...(lines !== undefined && { "x-itemSchema": schemaOf(lines) }),
        ...more,
      },
    ]),
  );
}

/** A media type without its parameters. */
function essence(type: string): string {
  return type.split(";")[0]!;
}

/** A member that is left out where it would be empty. */
function filled(name: string, value: object): Json {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}
