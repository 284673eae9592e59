import { TargetLab } from "../lab/target_lab.ts";
import { atOnce } from "../at_once.ts";

/** The middlebox in the labs of scans: SYNs that ask for ECN are lost. */
export const DROP = "ecn-drop-syn";

/** What every scan of a lab is asked for. A machine that is busy reads answers late. */
export const LAB = ["-p", "80", "--no-default-blocklist", "--gap", "10", "--cooldown", "6"];

/** Scans at once: they mostly wait for the end of their cooldown. */
const AT_ONCE = 5;

/** Runs cases in one lab, several at once. What fails says of which case. */
export async function inLab(
  cases: Readonly<Record<string, (lab: TargetLab) => Promise<void>>>,
): Promise<void> {
  await using lab = await TargetLab.open({ boxes: [DROP] });
  await atOnce(AT_ONCE, Object.entries(cases), async ([name, attempt]) => {
    try {
      await attempt(lab);
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  });
}
