/** Every command: a new one is its folder and a line here. Help shows it in its section. */
export { completion } from "./commands/completion/command.ts";
export { doctor } from "./commands/doctor/command.ts";
export { experiment } from "./commands/experiment/command.ts";
export { filter } from "./commands/filter/command.ts";
export { lab } from "./commands/lab/command.ts";
export { locate } from "./commands/locate/command.ts";
export { measure } from "./commands/measure/command.ts";
export { metadata } from "./commands/metadata/command.ts";
export { observe } from "./commands/observe/command.ts";
export { ping } from "./commands/ping/command.ts";
export { plugins } from "./commands/plugins/command.ts";
export { trace } from "./commands/trace/command.ts";
export { tutorial } from "./commands/tutorial/command.ts";
export { upload } from "./commands/upload/command.ts";
