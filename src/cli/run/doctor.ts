import { leftovers, restore } from "../../host/restore.ts";
import type { DoctorInvocation } from "../doctor.ts";

/** Runs `spider doctor`: says what a killed run left, or puts it back. */
export function run({ options }: DoctorInvocation): Promise<number> {
  if (options.restore) {
    const done = restore();
    console.log(done.length > 0 ? done.join("\n") : "Nothing was left behind.");
    return Promise.resolve(leftovers().length > 0 ? 1 : 0);
  }
  const found = leftovers();
  for (const { path, pid, left } of found) {
    const whose = pid === null ? `The journal ${path}` : `Process ${pid}, which is gone,`;
    console.log(`${whose} left: ${left.join("; ")}`);
  }
  console.log(
    found.length > 0
      ? "Put it back with spider doctor --restore."
      : "No run that was killed left anything behind.",
  );
  return Promise.resolve(found.length > 0 ? 1 : 0);
}
