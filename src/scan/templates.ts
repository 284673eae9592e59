import { PacketBuilder, protocolOf } from "../connect/transport/packet_builder.ts";
import type { Arm } from "../contract/arm.ts";
import type { Job, Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { PacketSpec, TcpSpec } from "../contract/packet.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { callPlugin } from "../measure/plugin_call.ts";
import { askOf, type StatelessType } from "./arm_problem.ts";
import { forgedProblem } from "./forged_problem.ts";
import type { ArmTemplates, ProbeTemplate } from "./probe_template.ts";
import { zeroed } from "./zeroed.ts";

/** What templates are made of. */
export interface TemplatesOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly arms: readonly Arm<Target>[];
  /** See `statelessTypeOf`. */
  readonly type: StatelessType;
  /** The versions of the targets; both when missing. */
  readonly versions?: readonly (4 | 6)[];
}

/** Two ends that packets are made for, to see what of them is the same for all targets. */
interface Sample {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
}

/** Addresses for documentation (RFC 5737, RFC 3849), so far apart that they share few octets. */
const SAMPLES: Readonly<Record<4 | 6, readonly Sample[]>> = {
  4: [
    sample("192.0.2.1", 40_001, "198.51.100.7", 80),
    sample("198.51.100.250", 51_234, "203.0.113.130", 53),
    sample("203.0.113.77", 1025, "192.0.2.254", 65_534),
  ],
  6: [
    sample("2001:db8::1", 40_001, "2001:db8:1:2::7", 80),
    sample("2001:db8:ffff::fe:1", 51_234, "2001:db8:8000:7fff:8123:4567:89ab:cdef", 53),
    sample("2001:db8:5::77", 1025, "2001:db8:a:b:c:d:e:f", 65_534),
  ],
};

function sample(from: string, fromPort: number, to: string, port: number): Sample {
  return { local: { address: from, port: fromPort }, remote: { address: to, port } };
}

/**
 * What the arms of a spider send, as one packet an arm and IP version. A version that the spider's
 * `skip` leaves out has none.
 *
 * @throws {Failure} that names the arm whose packet is not the same for all targets, or says why no
 *   version is left
 */
export async function templatesOf(options: TemplatesOptions): Promise<ArmTemplates> {
  const { spider, versions = [4, 6] } = options;
  const skipped: string[] = [];
  const made: { 4: readonly ProbeTemplate[] | null; 6: readonly ProbeTemplate[] | null } = {
    4: null,
    6: null,
  };
  for (const version of versions) {
    const reason = await skipReason(options, version);
    if (reason === null) made[version] = armTemplates(options, version);
    else skipped.push(reason);
  }
  if (made[4] === null && made[6] === null) {
    throw new Failure(`the spider ${spider.name} skips every target: ${skipped.join("; ")}`);
  }
  return made;
}

/** Why the spider skips all targets of a version, by what it says of one; null when it may not. */
async function skipReason(
  { spider, spiderOptions, type }: TemplatesOptions,
  version: 4 | 6,
): Promise<string | null> {
  let reason: string | null = null;
  for (const { remote: { address } } of SAMPLES[version]) {
    const job = { dip: address, dp: type.defaultPort };
    reason = await callPlugin(spider, "skip", () => spider.skip?.(job, spiderOptions) ?? null);
    if (reason === null) return null;
  }
  return reason;
}

function armTemplates(options: TemplatesOptions, version: 4 | 6): readonly ProbeTemplate[] {
  const builder = new PacketBuilder();
  return options.arms.map((arm) => {
    const [first, ...others] = SAMPLES[version].map((ends) => {
      const forged = packetOf(options, arm, ends);
      return templateOf(builder, forged, options.type, ends);
    });
    if (others.every((other) => sameTemplate(first!, other))) return first!;
    throw new Failure(
      `the arm ${arm.name} forges packets that differ from target to target, and a scan sends the ` +
        `same to all: measure the spider ${options.spider.name} with \`spider measure\` instead`,
    );
  });
}

/** What an arm's packet is: as the connection type makes it, and as the arm changes that. */
interface Forged {
  readonly given: PacketSpec;
  readonly packet: PacketSpec;
}

function packetOf(
  { spider, type }: TemplatesOptions,
  arm: Arm<Target>,
  { local, remote }: Sample,
): Forged {
  const given = type.stateless.packet(local, remote, askOf(arm));
  if (arm.forge === undefined) return { given, packet: given };
  const job: Job = { dip: remote.address, dp: remote.port };
  let packet: PacketSpec;
  try {
    packet = arm.forge(given, job);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the spider ${spider.name} failed in the arm ${arm.name}: ${error}`, {
      cause: error,
    });
  }
  const problem = forgedProblem(given, packet);
  if (problem === null) return { given, packet };
  throw new Failure(
    `the \`forge\` of the arm ${arm.name} ${problem}: measure the spider ${spider.name} with ` +
      "`spider measure` instead",
  );
}

function templateOf(
  builder: PacketBuilder,
  { given, packet }: Forged,
  { stateless }: StatelessType,
  { local }: Sample,
): ProbeTemplate {
  const version = local.address.includes(":") ? 6 : 4;
  const octets = builder.build(packet).octets.slice();
  const transportAt = version === 4 ? 20 : 40;
  const echo = stateless.echo(packet, octets.length - (packet.payload?.length ?? 0));
  const { transport } = packet;
  const template = {
    version,
    protocol: protocolOf(packet),
    octets,
    transportAt,
    checksum: transport.kind === "udp" && transport.checksum === 0 ? "none" : "right",
    echo,
    timestampAt: transport.kind === "tcp"
      ? timestampAt(given.transport as TcpSpec, transport, transportAt)
      : null,
  } as const;
  return { ...template, octets: zeroed(template) };
}

const NO_OPERATION = 1;
const TIMESTAMPS = 8;
const TCP_HEADER = 20;

/**
 * Where the value of the timestamps stands that the connection type put in; null without it, and
 * where the arm has put in others of its own, which stay as they are.
 */
function timestampAt(given: TcpSpec, { options = [] }: TcpSpec, transportAt: number) {
  const own = given.options?.find(({ kind }) => kind === TIMESTAMPS)?.data;
  let at = transportAt + TCP_HEADER;
  for (const { kind, data, length } of options) {
    if (kind === TIMESTAMPS && data !== undefined && data === own && length === undefined) {
      return at + 2;
    }
    at += kind <= NO_OPERATION ? 1 : 2 + (data?.length ?? 0);
  }
  return null;
}

/** Whether two templates are the same but for what tells their targets apart, which is zero in both. */
function sameTemplate(one: ProbeTemplate, other: ProbeTemplate): boolean {
  const { octets, ...rest } = one;
  const { octets: others, ...otherRest } = other;
  return octets.length === others.length && octets.every((octet, at) => octet === others[at]) &&
    JSON.stringify(rest) === JSON.stringify(otherRest);
}
