/** One thing that is wrong with a plugin. */
export interface Fault {
  /** Where in its manifest, such as `arms.1.socket.dscp`; empty for the whole. */
  readonly place: string;
  /** What is wrong, as text that follows the place. */
  readonly text: string;
  /** The line in `file`, from 1; null where it is not known. */
  readonly line?: number | null;
  /** The module that it is in; the plugin's own when missing. */
  readonly file?: string;
}

/** A fault in a sentence without a full stop. */
export function sentence({ place, text }: Fault): string {
  return place === "" ? text : `its ${place} ${text}`;
}
