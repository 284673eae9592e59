import type { ConnectionType } from "../connect/connection_type.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { Interface } from "../host/interface.ts";
import { outletProblem } from "../target/destination.ts";
import type { JobLine } from "../target/job_line.ts";
import { callPlugin } from "./plugin_call.ts";

/** What decides whether a target can be measured. */
export interface Asked {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /** Null leaves the choice to the kernel. */
  readonly device: Interface | null;
}

/** The target of a line, with its port, or why it cannot be measured. */
export async function jobOf(line: JobLine<Target>, asked: Asked): Promise<Target | string> {
  if ("problem" in line) return line.problem;
  const { spider, spiderOptions } = asked;
  const job = withPort(line.job, asked);
  const awry = whyAwry(job, asked);
  if (awry !== null || spider.skip === undefined) return awry ?? job;
  return await callPlugin(spider, "skip", () => spider.skip!(job, spiderOptions)) ?? job;
}

/** A job without a port gets that of the connection type, if it is the job that is connected to. */
function withPort(job: Target, { spider, connect }: Asked): Target {
  return spider.needs === "domain" ? job : { ...job, dp: job.dp ?? connect.defaultPort };
}

/** Why the interface does not lead to a job's address; null when it may. */
function whyAwry({ dip }: Target, { device, spider }: Asked): string | null {
  if (dip === undefined || device === null || spider.needs === "domain") return null;
  const own = outletProblem(dip, device);
  if (own !== null) return own;
  const { name, ipv4, ipv6 } = device;
  const family = dip.includes(":") ? 6 : 4;
  const none = (family === 6 ? ipv6 : ipv4).length === 0;
  return none ? `there is no IPv${family} address on ${name} to send from` : null;
}
