// The sources themselves: a worker without permissions loads nothing but what lies beside the plugin
import address from "../../../host/address.ts" with { type: "text" };
import failure from "../../../host/failure.ts" with { type: "text" };
import ipProtocol from "../../../host/ip_protocol.ts" with { type: "text" };
import jsonText from "../../../host/json_text.ts" with { type: "text" };
import stack from "../../../host/stack.ts" with { type: "text" };
import hookWalk from "../../../observe/js/hook_walk.ts" with { type: "text" };
import hooks from "../../../observe/js/hooks.ts" with { type: "text" };
import records from "../../../observe/js/records.ts" with { type: "text" };
import descriptor from "../../../observe/views/descriptor.ts" with { type: "text" };
import icmp from "../../../observe/views/icmp.ts" with { type: "text" };
import ip from "../../../observe/views/ip.ts" with { type: "text" };
import ip4 from "../../../observe/views/ip4.ts" with { type: "text" };
import ip6 from "../../../observe/views/ip6.ts" with { type: "text" };
import memory from "../../../observe/views/memory.ts" with { type: "text" };
import quotation from "../../../observe/views/quotation.ts" with { type: "text" };
import tcp from "../../../observe/views/tcp.ts" with { type: "text" };
import transport from "../../../observe/views/transport.ts" with { type: "text" };
import udp from "../../../observe/views/udp.ts" with { type: "text" };
import view from "../../../observe/views/view.ts" with { type: "text" };
import views from "../../../observe/views/views.ts" with { type: "text" };
import serveHooks from "./serve_hooks.ts" with { type: "text" };
import sharedMemory from "./shared_memory.ts" with { type: "text" };

/**
 * The modules of the program that the worker of a chain runs, by their paths in the sources: what
 * {@linkcode serveHooks} imports, directly and indirectly.
 */
export const WORKER_SOURCES: Readonly<Record<string, string>> = {
  "host/address.ts": address,
  "host/failure.ts": failure,
  "host/ip_protocol.ts": ipProtocol,
  "host/json_text.ts": jsonText,
  "host/stack.ts": stack,
  "observe/js/hook_walk.ts": hookWalk,
  "observe/js/hooks.ts": hooks,
  "observe/js/records.ts": records,
  "observe/views/descriptor.ts": descriptor,
  "observe/views/icmp.ts": icmp,
  "observe/views/ip.ts": ip,
  "observe/views/ip4.ts": ip4,
  "observe/views/ip6.ts": ip6,
  "observe/views/memory.ts": memory,
  "observe/views/quotation.ts": quotation,
  "observe/views/tcp.ts": tcp,
  "observe/views/transport.ts": transport,
  "observe/views/udp.ts": udp,
  "observe/views/view.ts": view,
  "observe/views/views.ts": views,
  "plugin/sandbox/chain/serve_hooks.ts": serveHooks,
  "plugin/sandbox/chain/shared_memory.ts": sharedMemory,
};
