// The sources themselves: types have no other form that a program could write
import arm from "../../contract/arm.ts" with { type: "text" };
import chain from "../../contract/chain.ts" with { type: "text" };
import connection from "../../contract/connection.ts" with { type: "text" };
import endpoint from "../../contract/endpoint.ts" with { type: "text" };
import environment from "../../contract/environment.ts" with { type: "text" };
import experimentEvent from "../../contract/experiment_event.ts" with { type: "text" };
import experimentReport from "../../contract/experiment_report.ts" with { type: "text" };
import flow from "../../contract/flow.ts" with { type: "text" };
import flowField from "../../contract/flow_field.ts" with { type: "text" };
import flowFields from "../../../wasm/build/flow_fields.ts" with { type: "text" };
import ipHeader from "../../contract/ip_header.ts" with { type: "text" };
import job from "../../contract/job.ts" with { type: "text" };
import locate from "../../contract/locate.ts" with { type: "text" };
import manifest from "../../contract/manifest.ts" with { type: "text" };
import middlebox from "../../contract/middlebox.ts" with { type: "text" };
import observer from "../../contract/observer.ts" with { type: "text" };
import option from "../../contract/option.ts" with { type: "text" };
import packet from "../../contract/packet.ts" with { type: "text" };
import pluginTest from "../../contract/plugin_test.ts" with { type: "text" };
import protocol from "../../contract/protocol.ts" with { type: "text" };
import service from "../../contract/service.ts" with { type: "text" };
import spider from "../../contract/spider.ts" with { type: "text" };
import transportHeader from "../../contract/transport_header.ts" with { type: "text" };

/** Name of the file of types in the examples of its comments. */
const NAME = "./spider.d.ts";

const SOURCES = [
  arm,
  chain,
  connection,
  endpoint,
  environment,
  experimentEvent,
  experimentReport,
  flow,
  flowField,
  flowFields,
  ipHeader,
  job,
  locate,
  manifest,
  middlebox,
  observer,
  option,
  packet,
  pluginTest,
  protocol,
  service,
  spider,
  transportHeader,
];

/** The types of the contract, in one module. */
export function contractTypes(): string {
  return `${SOURCES.map(declarations).join("").trimEnd()}\n`;
}

/** A module's types: without its imports, and with constants that have a type in place of a value. */
function declarations(source: string): string {
  return source
    .replaceAll(/^import type [^;]*;\n/gm, "")
    .replaceAll(/^export const (\w+) = ([^;]*?)( as const)?;$/gm, "export declare const $1: $2;")
    .replaceAll(/from "\.\/\w+\.ts"/g, `from "${NAME}"`)
    .replace(/\n*$/, "\n\n").replace(/^\n+/, "");
}
