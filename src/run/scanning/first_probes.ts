import type { ArmTemplates } from "../../scan/probe_template.ts";
import { ProbeWriter } from "../../scan/probe_writer.ts";
import { templatesOf } from "../../scan/templates.ts";
import { checkedLink } from "./outlets.ts";
import type { ScanPlan } from "./plan.ts";
import { KEY } from "./scan_setup.ts";
import { waysOut } from "./way_out.ts";

/** What an arm sends to a target. */
export interface ArmPacket {
  readonly arm: string;
  /** From the IP header on. */
  readonly octets: Uint8Array;
}

/** What a scan begins with. */
export interface FirstProbes {
  /** The routers that probes go to, at most one an IP version. */
  readonly routers: readonly string[];
  /** What each arm would send, with a key that no scan has. */
  readonly packets: readonly ArmPacket[];
}

/**
 * What a scan would send to a target, and to which routers; nothing is sent.
 *
 * @param row the target, null without any
 * @throws {Failure} when the interface takes no such packets
 */
export async function firstProbes(plan: ScanPlan, row: Uint8Array | null): Promise<FirstProbes> {
  const { spider, spiderOptions, arms, connect: type, sources, sourcePorts: ports, device } = plan;
  const ways = waysOut(plan);
  const versions = ([4, 6] as const).filter((version) => ways[version] !== null);
  const templates = await templatesOf({ spider, spiderOptions, arms, type, versions });
  checkedLink(templates, device);
  const key = crypto.getRandomValues(new Uint8Array(KEY));
  const { sharesPort } = type.stateless;
  return {
    routers: versions.flatMap((version) => ways[version]!.gateway ?? []),
    packets: row === null ? [] : arms.flatMap(({ name }, at) => {
      const only: ArmTemplates = { 4: each(templates[4], at), 6: each(templates[6], at) };
      const link = new Uint8Array();
      const parts = { key, ports, sharesPort, sources, templates: only, link, slots: 1 };
      const writer = new ProbeWriter(parts);
      writer.rows.set(row);
      const batch = writer.write(1, at, 0, 0, 0, 0);
      return batch.count === 0 ? [] : [{ arm: name, octets: writer.packet(batch, 0).slice() }];
    }),
  };
}

/** One template for all arms: which arm has a place depends on the key. */
function each<T>(all: readonly T[] | null, at: number): readonly T[] | null {
  return all?.map(() => all[at]!) ?? null;
}
