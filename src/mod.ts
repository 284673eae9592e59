/**
 * What a plugin's author or a script imports. A plugin that is to run anywhere imports types alone,
 * which are erased when it is loaded; the functions are for scripts, and for plugins in this tree.
 *
 * A script starts the runs that the commands start: `MeasureRun`, `ObserveRun`, `PingRun`, `TraceRun`
 * and `LocateRun`. Each takes a request, which it checks, what to do with results, a listener, and a
 * signal to end in order. A {@linkcode RequestError} says that the request is wrong in itself, a
 * {@linkcode Failure} that this host cannot do it; each is one sentence that says what to do.
 *
 * @example Measure ECN to the targets of a file
 * ```ts ignore
 * import {
 *   fileOutput,
 *   MEASURE_DEFAULTS,
 *   MeasureRun,
 *   openInput,
 *   planOf,
 *   PROCESS_STREAMS,
 * } from "./src/mod.ts";
 * import ecn from "./plugins/spiders/ecn.ts";
 *
 * const plan = planOf({ ...MEASURE_DEFAULTS, spider: ecn });
 * const files = { input: "targets", output: "results", manifest: undefined, resume: false };
 * using run = new MeasureRun(plan, {
 *   source: { input: await openInput(files.input), csv: false },
 *   output: fileOutput(plan, { ...files, stdout: PROCESS_STREAMS.stdout, asked: {} }),
 *   listener: {
 *     restored: console.error,
 *     warned: console.error,
 *     skipped: (line, problem) => console.error(line, problem),
 *     withoutJobs: () => {},
 *     resultsWait: () => {},
 *   },
 * });
 * const stop = new AbortController();
 * const failure = await run.measure(stop.signal);
 * run.end(stop.signal.aborted, failure);
 * ```
 *
 * @module
 */
export type * from "./contract/arm.ts";
export type * from "./contract/chain.ts";
export type * from "./contract/connection.ts";
export type * from "./contract/endpoint.ts";
export type * from "./contract/environment.ts";
export type * from "./contract/experiment_event.ts";
export type * from "./contract/flow.ts";
export type * from "./contract/ip_header.ts";
export type * from "./contract/job.ts";
export type * from "./contract/locate.ts";
export type * from "./contract/manifest.ts";
export type * from "./contract/middlebox.ts";
export type * from "./contract/observer.ts";
export type * from "./contract/option.ts";
export type * from "./contract/packet.ts";
export type * from "./contract/plugin_test.ts";
export type * from "./contract/protocol.ts";
export type * from "./contract/service.ts";
export type * from "./contract/spider.ts";
export type * from "./contract/transport_header.ts";
export { Beneath, type FolderEntry } from "./host/beneath.ts";
export { Failure } from "./host/failure.ts";
export { type FileStatus, readKernelFile } from "./host/kernel_file.ts";
export { PROCESS_STREAMS } from "./host/streams.ts";
export { extractPorts } from "./observe/library/ports.ts";
export { type TcpOptions, tcpOptions } from "./observe/library/tcp_options.ts";
export type { PacketSink, RecordSink } from "./observe/observe.ts";
export type { PacketInterface, Packets } from "./observe/packet_list.ts";
export type { Statistics } from "./observe/statistics.ts";
export { type AtlasFacts, atlasPing, atlasTraceroute } from "./probe/atlas.ts";
export { HostResolveError, ProcessError, StateError } from "./probe/errors.ts";
export type { Localisation } from "./probe/localise.ts";
export { MtrPacket, type MtrPacketOptions } from "./probe/mtr_packet.ts";
export type { Ping } from "./probe/ping.ts";
export type { ProbeOptions, ProbeProtocol } from "./probe/probe_options.ts";
export type { ProbeResult } from "./probe/probe_result.ts";
export type { MplsLabel, ProbeOutcome } from "./probe/reply.ts";
export type { Trace } from "./probe/trace.ts";
export { fileOutput, type ResultSink, type RunOutput } from "./run/output.ts";
export type { RunFiles } from "./run/manifest_file.ts";
export { MeasureRun, type RunListener, type RunParts, type RunState } from "./run/measure_run.ts";
export {
  LOCATE_LIMITS,
  MEASURE_DEFAULTS,
  MEASURE_LIMITS,
  OBSERVE_DEFAULTS,
  OBSERVE_LIMITS,
  PROBING_LIMITS,
  SWEEP,
} from "./run/limits.ts";
export type { ObserveRequest, PacketSource } from "./run/observe_request.ts";
export {
  type ObserveListener,
  type ObserveParts,
  ObserveRun,
  type ObserveSink,
  type ObserveState,
  type OpenedCapture,
} from "./run/observe_run.ts";
export { type Plan, planOf } from "./run/plan.ts";
export {
  type HostLocalisation,
  type LocateParts,
  type LocateRequest,
  LocateRun,
} from "./run/probing/locate_run.ts";
export { type HostPing, type PingRequest, PingRun } from "./run/probing/ping_run.ts";
export type { ProbingListener, ProbingOutcome, ProbingParts } from "./run/probing/probing_run.ts";
export type { HostsRequest, ProbingRequest } from "./run/probing/request.ts";
export { atlasFacts } from "./run/probing/session.ts";
export type { HostsListener, HostsOutcome, ProbeTarget } from "./run/probing/targets.ts";
export type { TraceRequest } from "./run/probing/trace_request.ts";
export { type HostTraces, TraceRun } from "./run/probing/trace_run.ts";
export type { TargetSource } from "./run/reading.ts";
export type { RunRequest } from "./run/request.ts";
export { type Field, RequestError, UnknownNameError } from "./run/request_error.ts";
export { type Input, openInput } from "./target/input.ts";

/** The chains of a spider that needs no more than addresses, ports, times and counts of its flows. */
export function simpleObserver(): ["basic"] {
  return ["basic"];
}
