import { jsonText } from "../../../../host/json_text.ts";
import { experimentLogs } from "../../../../lab/experiment/result/logs.ts";
import { writeText } from "../../../../result/write_whole.ts";
import { cleanedLines } from "../../../../target/quote.ts";
import type { Context } from "../../../command.ts";
import type { LogsInvocation } from "./options.ts";

/** Runs `spider experiment logs`. */
export async function run(
  { options: { service, level, grep, json }, positionals: [folder = ""] }: LogsInvocation,
  { stdout }: Context,
): Promise<number> {
  const wanted = {
    level: level as "debug" | "info" | "warning" | "error",
    ...(service === undefined ? {} : { service }),
    ...(grep === undefined ? {} : { grep }),
  };
  for await (const line of experimentLogs(folder, wanted)) {
    const { time, test, service, level, text } = line;
    const place = [time, test, service, level].filter((one) => one !== null).join(" ");
    writeText(stdout, json ? `${jsonText(line)}\n` : `${cleanedLines(`${place}: ${text}`)}\n`);
  }
  return 0;
}
