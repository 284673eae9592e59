import type { Command } from "./command.ts";
import { completion } from "./commands/completion/command.ts";
import { doctor } from "./commands/doctor/command.ts";
import { filter } from "./commands/filter/command.ts";
import { locate } from "./commands/locate/command.ts";
import { measure } from "./commands/measure/command.ts";
import { metadata } from "./commands/metadata/command.ts";
import { observe } from "./commands/observe/command.ts";
import { ping } from "./commands/ping/command.ts";
import { plugins } from "./commands/plugins/command.ts";
import { trace } from "./commands/trace/command.ts";
import { tutorial } from "./commands/tutorial/command.ts";
import { upload } from "./commands/upload/command.ts";

/** Every command, in the order of help. To add one is to add its file and its name here. */
export const commands: readonly Command[] = [
  measure,
  observe,
  ping,
  trace,
  locate,
  filter,
  metadata,
  upload,
  plugins,
  doctor,
  completion,
  tutorial,
];
