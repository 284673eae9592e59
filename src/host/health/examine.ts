import { readKernelFile } from "../kernel_file.ts";
import { device } from "./device.ts";
import type { HealthFinding } from "./finding.ts";
import { libraries } from "./libraries.ts";
import { privileges } from "./privileges.ts";
import { readSetting, settings } from "./settings.ts";
import { state } from "./state.ts";

/**
 * Looks at all that a measurement needs. Changes nothing, and needs no privilege.
 *
 * @param interfaceName what would be measured on; undefined for the default route's interface
 */
export function examine(interfaceName: string | undefined): HealthFinding[] {
  return [
    privileges(readKernelFile("/proc/self/status")),
    ...libraries(),
    ...device(interfaceName),
    ...settings(readSetting),
    ...state(),
  ];
}
