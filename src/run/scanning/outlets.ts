import { Failure } from "../../host/failure.ts";
import { MessageSocket } from "../../host/message_socket.ts";
import { linkAddressOf, type LinkFacts, linkFacts } from "../../host/neighbour.ts";
import type { ArmTemplates } from "../../scan/probe_template.ts";
import { ProbeWriter } from "../../scan/probe_writer.ts";
import type { ProbeOutlet } from "../../scan/sender.ts";
import type { ScanPlan } from "./plan.ts";
import type { WaysOut } from "./way_out.ts";

/** Targets whose probes are written at once, and handed over in one call. */
export const BATCH = 1024;

/** What probes are written with. */
export interface Probing {
  readonly templates: ArmTemplates;
  /** Makes the tokens. */
  readonly key: Uint8Array;
  readonly ways: WaysOut;
}

/**
 * How the probes of a scan leave: whole frames to the router that leads to the targets, where there is
 * one; else by sockets for which the kernel looks for each target. One outlet where both IP versions
 * leave the same way.
 *
 * @param stack closes their sockets
 * @throws {Failure} when a router does not answer, a packet is too long for the interface, or without
 *   the privilege
 */
export async function outletsOf(
  plan: ScanPlan,
  { templates, key, ways }: Probing,
  stack: DisposableStack,
): Promise<ProbeOutlet[]> {
  const { device, sourcePorts: ports, connect, sources, retries } = plan;
  const facts = checkedLink(templates, device);
  const versions = ([4, 6] as const).filter((version) => templates[version] !== null);
  const links = await Promise.all(versions.map(async (version) => ({
    version,
    link: await linkOf(plan, ways[version]?.gateway ?? null, facts),
  })));
  const writing = { key, ports, sharesPort: connect.stateless.sharesPort, sources, slots: BATCH };
  const only = (version: 4 | 6): ArmTemplates => ({
    4: version === 4 ? templates[4] : null,
    6: version === 6 ? templates[6] : null,
  });
  const [first, second] = links;
  const alike = second !== undefined && sameLink(first!.link, second.link);
  const groups = alike
    ? [{ link: first!.link, templates, version: undefined }]
    : links.map(({ version, link }) => ({ link, templates: only(version), version }));
  return groups.map(({ link, templates, version }) => {
    const socket = stack.use(
      link === null
        ? MessageSocket.routed(version!, device.name, retries)
        : MessageSocket.packet(device, retries),
    );
    const writer = new ProbeWriter({
      ...writing,
      templates,
      link: link ?? new Uint8Array(),
      names: link === null ? "inet" : link.length === 0 ? "packet" : "none",
      interfaceIndex: device.index,
    });
    return { writer, socket, ...(version === undefined ? {} : { version }) };
  });
}

/**
 * What stands before the IP header, the EtherType left out; null where the kernel is to look for the
 * link address of each target.
 */
async function linkOf(
  { device }: ScanPlan,
  gateway: string | null,
  { layer, address }: LinkFacts,
): Promise<Uint8Array | null> {
  if (layer === "none") return new Uint8Array();
  if (layer === "loopback" || gateway === null) return null;
  const link = new Uint8Array(14);
  link.set(await linkAddressOf(gateway, device));
  link.set(address, 6);
  return link;
}

/** Whether two versions leave by one socket: raw IP sockets have one version each. */
function sameLink(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one !== null && other !== null && one.length === other.length &&
    one.every((octet, at) => octet === other[at]);
}

/**
 * What an interface is like by which probes are to leave.
 *
 * @throws {Failure} when it takes none of this kind, or none so long
 */
export function checkedLink(
  templates: ArmTemplates,
  { name }: { readonly name: string },
): LinkFacts {
  const facts = linkFacts(name);
  const longest = longestOf(templates);
  if (longest <= facts.mtu) return facts;
  throw new Failure(
    `a probe of ${longest} octets is too long for ${name}, which takes ${facts.mtu}: scan with shorter ` +
      "payloads, or raise the interface's MTU",
  );
}

/** Octets of the longest probe. */
export function longestOf(templates: ArmTemplates): number {
  const all = [...templates[4] ?? [], ...templates[6] ?? []];
  return Math.max(...all.map(({ octets }) => octets.length));
}
