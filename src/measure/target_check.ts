import type { ConnectionType } from "../connect/connection_type.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { Interface } from "../host/interface.ts";
import { outletProblem } from "../target/destination.ts";
import type { JobLine } from "../target/job_line.ts";
import { callPlugin } from "./plugin_call.ts";

/** What determines whether a target can be measured. */
export interface TargetNeeds {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /** Null leaves the choice to the kernel. */
  readonly device: Interface | null;
  /** Further interfaces, by which a target may be reached as well. */
  readonly further?: readonly Interface[];
}

/** The target of a line, with its port, or why it cannot be measured. */
export async function checkTarget(
  line: JobLine<Target>,
  needs: TargetNeeds,
): Promise<Target | string> {
  if ("problem" in line) return line.problem;
  const { spider, spiderOptions } = needs;
  const job = withPort(line.job, needs);
  const unreachable = whyUnreachable(job, needs);
  if (unreachable !== null || spider.skip === undefined) return unreachable ?? job;
  return await callPlugin(spider, "skip", () => spider.skip!(job, spiderOptions)) ?? job;
}

/** A job without a port gets that of the connection type, if it is the job that is connected to. */
function withPort(job: Target, { spider, connect }: TargetNeeds): Target {
  return spider.needs === "domain" ? job : { ...job, dp: job.dp ?? connect.defaultPort };
}

/** Why no interface leads to a job's address; null when one may. */
function whyUnreachable(
  { dip }: Target,
  { device, further = [], spider }: TargetNeeds,
): string | null {
  if (dip === undefined || device === null || spider.needs === "domain") return null;
  const devices = [device, ...further];
  const name = devices.length === 1 ? device.name : devices.map((one) => one.name).join(", ");
  const own = outletProblem(dip, { name, loopback: devices.some(({ loopback }) => loopback) });
  if (own !== null) return own;
  const family = dip.includes(":") ? 6 : 4;
  const none = devices.every(({ ipv4, ipv6 }) => (family === 6 ? ipv6 : ipv4).length === 0);
  return none ? `there is no IPv${family} address on ${name} to send from` : null;
}
