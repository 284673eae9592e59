import { gone } from "../../host/process.ts";
import { writing } from "../../host/state.ts";
import { labNotes } from "../../host/undo.ts";

/** Octets that are kept of one lab; what comes later is left out. */
const MOST = 64 * 1024;

/**
 * Keeps what a lab has to say when nobody listens: its terminal or the command that began it has gone.
 * Whoever ends the lab is told.
 */
export function keepWords(lab: string, sentence: string): void {
  writing(() => {
    Deno.mkdirSync(labNotes(), { recursive: true, mode: 0o700 });
    const path = pathOf(lab);
    if (sizeOf(path) + sentence.length > MOST) return;
    Deno.writeTextFileSync(path, `${JSON.stringify(sentence)}\n`, { append: true, mode: 0o600 });
  });
}

/** What was kept of a lab, which then is kept no longer. */
export function takeWords(lab: string): string[] {
  const path = pathOf(lab);
  try {
    const text = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    return text.split("\n").filter((line) => line !== "").map((line) => String(JSON.parse(line)));
  } catch (error) {
    if (gone(error)) return [];
    throw error;
  }
}

function pathOf(lab: string): string {
  return `${labNotes()}/${lab}.said`;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (gone(error)) return 0;
    throw error;
  }
}
