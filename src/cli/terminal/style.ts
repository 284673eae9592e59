import type { OutputStream } from "../../host/streams.ts";
import type { Style } from "../help/terminal.ts";

/** The width of help where no terminal says one, in characters. */
export const HELP_WIDTH = 80;

/** Whether what is written there may hold colours. */
export function isColoured(output: OutputStream): boolean {
  return output.isTerminal() && !Deno.noColor;
}

/** How text is set there. @param width characters a line where no terminal says */
export function styleOf(output: OutputStream, width: number): Style {
  const columns = output.isTerminal() ? Deno.consoleSize().columns : 0;
  return { width: columns || width, colour: isColoured(output) };
}
