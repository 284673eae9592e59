import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { measure } from "./measure.ts";
import { observe } from "./observe.ts";
import { plugins } from "./plugins.ts";

/** Every command, in the order of help. To add one is to add its file and its name here. */
export const commands: readonly Command[] = [measure, observe, plugins, doctor];
