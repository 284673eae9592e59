import type { ConnectionType } from "../connect/connection_type.ts";
import type { Job } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { Spider } from "../contract/spider.ts";
import { isLoopback } from "../host/address.ts";
import type { Interface } from "../host/interface.ts";
import type { JobLine } from "../target/job_line.ts";

/** What decides whether a job can be measured. */
export interface Asked {
  readonly spider: Spider;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  readonly device: Interface;
}

/** The job of a line, with its port, or why it cannot be measured. */
export function jobOf(
  line: JobLine,
  { spider, spiderOptions, connect, device }: Asked,
): Job | string {
  if ("problem" in line) return line.problem;
  if (isLoopback(line.job.dip) && !device.loopback) {
    return `"${line.job.dip}" is this host itself, which ${device.name} leads away from`;
  }
  const family = line.job.dip.includes(":") ? 6 : 4;
  if ((family === 6 ? device.ipv6 : device.ipv4).length === 0) {
    return `there is no IPv${family} address on ${device.name} to send from`;
  }
  const job = { ...line.job, dp: line.job.dp ?? connect.defaultPort };
  return spider.skip?.(job, spiderOptions) ?? job;
}
