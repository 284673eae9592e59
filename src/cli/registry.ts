import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { doctor } from "./doctor.ts";
import { filter } from "./filter.ts";
import { measure } from "./measure.ts";
import { metadata } from "./metadata.ts";
import { observe } from "./observe.ts";
import { ping } from "./ping.ts";
import { plugins } from "./plugins.ts";
import { trace } from "./trace.ts";
import { tutorial } from "./tutorial.ts";
import { upload } from "./upload.ts";

/** Every command, in the order of help. To add one is to add its file and its name here. */
export const commands: readonly Command[] = [
  measure,
  observe,
  ping,
  trace,
  filter,
  metadata,
  upload,
  plugins,
  doctor,
  completion,
  tutorial,
];
