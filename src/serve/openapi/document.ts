import { VERSION } from "../../version.ts";
import { areas } from "./areas.ts";
import { endpointPaths, ENDPOINTS, type ListedEndpoint } from "./endpoint_paths.ts";
import { type HeaderName, HEADERS } from "./headers.ts";
import { operationObject, partObject } from "./operation_object.ts";
import { problem } from "./problem.ts";
import { type Json, Schemas } from "./schemas.ts";
import { securitySchemes } from "./security.ts";

/** What the document says of the server that gives it. */
export interface DocumentParts {
  /** Endpoints that are plugins, as far as whoever asks may know of them. */
  readonly endpoints: readonly ListedEndpoint[];
  /** Whether parameters may carry keys. */
  readonly isKeyInParameters: boolean;
}

/** All that the server can be asked, as OpenAPI 3.1.1 has it. */
export function openapiDocument({ endpoints, isKeyInParameters }: DocumentParts): Json {
  const security = securitySchemes(isKeyInParameters);
  const { tags, paths, components } = knownPart(isKeyInParameters);
  return {
    openapi: "3.1.1",
    info: {
      title: "spider",
      version: VERSION,
      summary: "A vantage point that measures for others",
      description: "`spider help serving` tells what all of this is for. " +
        "A server that has no keys answers its own host without one.",
    },
    servers: [{ url: "/" }],
    tags: [...tags, { name: ENDPOINTS, description: "plugins that answer here" }],
    paths: { ...paths, ...endpointPaths(endpoints, security) },
    components: { ...components, securitySchemes: security },
  };
}

/** What is the same until the program ends; made when it is first asked for, since it takes a while. */
const known = new Map<boolean, ReturnType<typeof ownPart>>();

function knownPart(isKeyInParameters: boolean) {
  const own = known.get(isKeyInParameters) ?? ownPart(securitySchemes(isKeyInParameters));
  known.set(isKeyInParameters, own);
  return own;
}

/** What the server answers itself. */
function ownPart(security: Readonly<Record<string, Json>>) {
  const schemas = new Schemas();
  const operations = areas.flatMap((area) => area.operations);
  const paths: Record<string, Record<string, Json>> = {};
  for (const { name, operations: some } of areas) {
    for (const operation of some) {
      const { path, method } = operation;
      paths[path] ??= {};
      paths[path][method] = operationObject(name, operation, { schemas, security, operations });
    }
  }
  const parts = new Set(operations.flatMap(({ parts = [] }) => parts));
  const components = {
    parameters: Object.fromEntries([...parts].map((part) => [part.key, partObject(part, schemas)])),
    headers: Object.fromEntries(
      Object.entries(HEADERS).map(([name, one]) => {
        const { description, ...schema } = schemas.ofOutput(one);
        return [name, { description, schema }];
      }),
    ),
    responses: {
      Problem: {
        description: "what is wrong",
        headers: Object.fromEntries(
          (["Retry-After", "WWW-Authenticate"] satisfies HeaderName[])
            .map((name) => [name, { $ref: `#/components/headers/${name}` }]),
        ),
        content: { "application/problem+json": { schema: schemas.ofOutput(problem) } },
      },
    },
    schemas: schemas.components,
  };
  const tags = areas.map(({ name, summary }) => ({ name, description: summary }));
  return { tags, paths, components };
}
