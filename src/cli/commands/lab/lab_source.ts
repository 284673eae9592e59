import { basename, dirname } from "node:path";
import { STANDARD } from "../../../host/standard.ts";
import type { InputStream } from "../../../host/streams.ts";
import { labName } from "../../../lab/file/lab_file.ts";
import { planLab } from "../../../lab/topology/plan.ts";
import type { LabPlan } from "../../../lab/topology/network_plan.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import { textOf } from "../../file_text.ts";

/** The text of a file that describes a lab. */
export interface LabSource {
  readonly text: string;
  /** The file's name, for messages. */
  readonly file: string;
  /** What the lab is called where the file does not say. */
  readonly name: string;
  /** The folder that paths in it begin in. */
  readonly folder: string;
}

/**
 * Reads the file that describes a lab, or standard input.
 *
 * @throws {Failure} when it cannot be read
 */
export async function labSource(path: string, stdin: InputStream): Promise<LabSource> {
  const { text, name } = await textOf(path, stdin);
  return {
    text,
    file: name,
    name: nameFrom(path),
    folder: path === STANDARD ? "." : dirname(path),
  };
}

/** The name of a file without its ending, as far as it can be the name of a lab. */
function nameFrom(path: string): string {
  if (path === STANDARD) return "lab";
  const name = basename(path).replace(/\.[^.]*$/, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
  return labName.safeParse(name).success ? name : "lab";
}

/**
 * Plans the lab that a file describes, or standard input.
 *
 * @param called its name, whatever the file says
 * @throws {Failure} when it cannot be read, or something in it is wrong
 */
export async function plannedFrom(
  { text, file, name, folder }: LabSource,
  settings: PluginSettings,
  called?: string,
): Promise<LabPlan> {
  return await planLab(text, file, name, { called, settings, folder });
}
