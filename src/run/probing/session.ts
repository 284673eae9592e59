import type { Journal } from "../../host/journal.ts";
import { sourceAddressTo } from "../../host/route_source.ts";
import { markForSource } from "../../host/source_rules.ts";
import type { AtlasFacts } from "../../probe/atlas.ts";
import { MtrPacket } from "../../probe/mtr_packet.ts";
import type { Address, ProbeOptions } from "../../probe/probe_options.ts";
import type { ProbeResult } from "../../probe/probe_result.ts";
import type { ProbingRequest } from "./request.ts";
import type { ProbeTarget } from "./targets.ts";

/** Ports of UDP that are not mtr-packet's own begin here, and few services use them. */
const UDP_PORT = 32_768;

/** What probes to some targets are sent by: an mtr-packet, and a mark where rules ask for one. */
export class ProbingSession implements AsyncDisposable {
  readonly mtr: MtrPacket;
  readonly #request: ProbingRequest;
  readonly #mark: number | undefined;

  private constructor(request: ProbingRequest, mtr: MtrPacket, mark: number | undefined) {
    this.#request = request;
    this.mtr = mtr;
    this.#mark = mark;
  }

  /**
   * Starts mtr-packet.
   *
   * @param request one whose source was checked
   * @param journal where rules are noted that are made for the source
   * @throws {Failure} when it cannot be started, or the rules for the source cannot be obeyed
   */
  static async open(
    request: ProbingRequest,
    targets: readonly ProbeTarget[],
    journal: Journal,
  ): Promise<ProbingSession> {
    const mark = markOf(request, targets, journal);
    return new ProbingSession(request, await MtrPacket.open(), mark);
  }

  /** What every probe to a target has. */
  probeTo(to: Address): ProbeOptions {
    const { protocol, port, timeout, size, tos, source } = this.#request;
    // mtr-packet does not find UDP probes over IPv6 that have both ports given
    const udpPort = to.version === 4 ? port ?? UDP_PORT : port;
    const toPort = protocol === "udp" ? udpPort : port;
    const mark = this.#mark;
    return {
      protocol,
      timeout,
      ...(toPort === undefined ? {} : { port: toPort }),
      ...(size === undefined ? {} : { size }),
      ...(tos === undefined ? {} : { tos }),
      ...(source === undefined ? {} : { localIp: source }),
      ...(mark === undefined || to.version === 6 ? {} : { mark }),
    };
  }

  /**
   * What is known without asking mtr-packet: nothing can be sent to an address that no route leads to.
   * Version 0.95 crashes on a probe to one that the routes call unreachable. Null when there is a
   * route, or when mtr-packet may run elsewhere.
   */
  refusal(to: Address): ProbeResult | null {
    if (!runsHere()) return null;
    if (sourceAddressTo(to.text, this.#request.source) !== null) return null;
    return {
      success: false,
      result: "no-route",
      timeMs: null,
      responder: null,
      mpls: [],
      reason: null,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mtr.close();
  }
}

/**
 * What records of RIPE Atlas say of a target besides the results.
 *
 * @param asn AS numbers of an address; undefined when not requested
 */
export function atlasFacts(
  { source, size, protocol }: ProbingRequest,
  { name, to }: ProbeTarget,
  asn: AtlasFacts["asn"],
): AtlasFacts {
  return { name, protocol, source: source ?? sourceAddressTo(to.text), size, asn };
}

/**
 * The firewall mark that lets IPv4 probes to some targets obey the rules for their source, as TCP does
 * by itself; undefined when they need none.
 */
function markOf(
  { source, protocol }: ProbingRequest,
  targets: readonly ProbeTarget[],
  journal: Journal,
): number | undefined {
  if (source === undefined || protocol === "tcp" || protocol === "sctp" || !runsHere()) {
    return undefined;
  }
  const four = targets.flatMap(({ to }) => to.version === 4 ? to.text : []);
  return four.length === 0 || source.includes(":")
    ? undefined
    : markForSource(source, four, journal);
}

/** Whether mtr-packet runs where this does: another command line may lead to another network namespace. */
function runsHere(): boolean {
  return (Deno.env.get("MTR_PACKET") ?? "").trim().split(/\s+/).length < 2;
}
