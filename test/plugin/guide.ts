import { fileURLToPath } from "node:url";

const GUIDE = fileURLToPath(new URL("../../src/plugin/authoring.md", import.meta.url));

/** A block of code of the guide. */
export interface CodeBlock {
  /** What stands behind the backticks, such as `ts` and a file's name. */
  readonly info: string;
  readonly text: string;
}

/** The text of the guide. */
export function guideText(): string {
  return Deno.readTextFileSync(GUIDE);
}

/** The blocks of code of the guide, in their order. */
export function blocks(): CodeBlock[] {
  return [...guideText().matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, info = "", text = ""]) => ({
    info,
    text,
  }));
}

/** A command of a session, and what it writes. */
export interface Typed {
  readonly command: string;
  readonly output: string;
}

/** The commands of a session. */
export function typed(text: string): Typed[] {
  return text.split(/^\$ /m).slice(1).map((part) => {
    const end = part.indexOf("\n");
    return { command: part.slice(0, end), output: part.slice(end + 1) };
  });
}

/** Whether a command wrote what the guide says, where `…` matches anything. */
export function matches(written: string, output: string): boolean {
  const pattern = output.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join("[^]*")}$`).test(written);
}
