import type { HttpEndpoint } from "../../../contract/endpoint.ts";
import { endWithParent } from "../../../host/end_with_parent.ts";
import { Failure } from "../../../host/failure.ts";
import type { Streams } from "../../../host/streams.ts";
import { checkPlugin } from "../../../plugin/check_plugin.ts";
import { kindOf, loadKind } from "../../../plugin/kind/registry.ts";
import { locate } from "../../../plugin/locate.ts";
import { RunningEndpoint } from "../../../plugin/endpoint/running.ts";
import { checkRequired } from "../../../plugin/requires.ts";
import { sandboxOf } from "../../../plugin/sandbox/endpoint.ts";
import type { Sandbox } from "../../../plugin/sandbox/sandbox.ts";
import { readValues } from "../../../plugin/schema/option.ts";
import { USUAL } from "../../../plugin/settings.ts";
import { loadPlugin } from "../../../plugin/read.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { splitLines } from "../../../target/lines.ts";
import { factsOf } from "../facts.ts";
import { methodOf, requestOf } from "../hosted_request.ts";
import { ProblemError, problemResponse } from "../../http/problem.ts";
import {
  CLIENT,
  type EndpointMessage,
  type EndpointOrder,
  FAILED,
  PING,
  PROBLEM,
  SENT,
} from "./order.ts";

/** The status of a process whose worker has ended. */
const OVER = 1;

/** Runs the endpoint that standard input orders, until that ends. */
export async function runEndpoint({ stdin, stdout }: Streams): Promise<void> {
  endWithParent("SIGKILL");
  const writer = ResultWriter.open(stdout);
  const tell = (message: EndpointMessage) => writer.write(message);
  const lines = splitLines(stdin.readable.pipeThrough(new TextDecoderStream()));
  const first = await lines.next();
  if (first.done) return;
  const order: EndpointOrder = JSON.parse(first.value[0]!);
  try {
    const { endpoint, running, sandbox } = await begun(order, tell);
    const server = listen(order, running, sandbox);
    tell({ ready: factsOf(endpoint) });
    while (!(await lines.next()).done);
    await server.shutdown();
    await running.close();
    tell({ closed: true });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell({ failed: error.message });
  }
  await writer.close();
}

/** An endpoint that has begun. */
interface Begun {
  readonly endpoint: HttpEndpoint;
  readonly running: RunningEndpoint;
  /** The worker that it runs in; null where it may do all that this process may. */
  readonly sandbox: Sandbox | null;
}

async function begun(
  { word, folders, route, options, config }: EndpointOrder,
  tell: (message: EndpointMessage) => void,
): Promise<Begun> {
  const log = (level: "debug" | "info" | "warning" | "error", text: string) =>
    tell({ log: level, text: String(text) });
  const settings = {
    ...USUAL,
    folders,
    offline: true,
    consent: { ...USUAL.consent, tell: (text: string) => log("info", text) },
  };
  const located = await locate(word, settings);
  if (located === undefined) throw new Failure(`there is no plugin ${word}`);
  const loaded = await loadPlugin(located, settings);
  const kind = kindOf(loaded.plugin);
  if (kind !== null && kind !== "endpoint") {
    throw new Failure(`${word} is ${(await loadKind(kind)).title}, and no endpoint`);
  }
  const endpoint = await checkPlugin("endpoint", loaded.plugin, word, word);
  if (endpoint.requires !== undefined || endpoint.conflicts !== undefined) {
    await checkRequired(endpoint, settings);
  }
  const values = readValues(endpoint.options ?? {}, options);
  const running = await RunningEndpoint.begin(endpoint, { options: values, route, config, log });
  return { endpoint, running, sandbox: sandboxOf(loaded.plugin) };
}

function listen(
  { socket: path }: EndpointOrder,
  running: RunningEndpoint,
  sandbox: Sandbox | null,
): Deno.HttpServer {
  return Deno.serve({ path, onListen: () => {} }, async (request, { completed }) => {
    if (request.headers.has(PING)) {
      await sandbox?.turns();
      return new Response(null, { status: 204 });
    }
    try {
      return clean(await running.handle(await received(request, request.signal)));
    } catch (error) {
      if (error instanceof ProblemError) {
        const { status, headers, body } = problemResponse(error);
        return new Response(body, { status, headers: [...headers, [PROBLEM, "1"]] });
      }
      if (!(error instanceof Failure)) throw error;
      // A worker that hangs cannot be ended but with its process, which the server starts anew
      if (sandbox?.isOver) completed.finally(() => Deno.exit(OVER));
      return new Response(error.message, { status: 500, headers: { [FAILED]: "1" } });
    }
  });
}

async function received(request: Request, signal: AbortSignal) {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(JSON.parse(decodeURIComponent(request.headers.get(SENT)!)));
  const client = request.headers.get(CLIENT)!;
  return requestOf({
    method: methodOf(request.method)!,
    path: pathname.slice(1),
    query: search.slice(1),
    headers,
    octets: new Uint8Array(await request.arrayBuffer()),
    client,
    signal,
  });
}

/** Without headers that are between the server and this process. */
function clean(answer: Response): Response {
  const own = [FAILED, PROBLEM].filter((name) => answer.headers.has(name));
  if (own.length === 0) return answer;
  const headers = new Headers(answer.headers);
  for (const name of own) headers.delete(name);
  return new Response(answer.body, { status: answer.status, headers });
}
