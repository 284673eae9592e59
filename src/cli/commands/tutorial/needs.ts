import { programPath } from "../../../host/program_path.ts";

/** Something that a step takes. */
export interface Need {
  isThere(): boolean;
  /**
   * What to do where it is not there, as a sentence.
   *
   * @param command that begins the lesson
   */
  otherwise(command: string): string;
}

/** Labs and measurements change the system, within namespaces. */
export const ROOT: Need = {
  isThere: () => Deno.uid() === 0,
  otherwise: (command) => `This step needs root: see it with sudo ${command}.`,
};

/** A program that Debian has a package of. */
export function program(name: string, debian: string): Need {
  return {
    isThere: () => programPath(name) !== null,
    otherwise: (command) =>
      `This step needs ${name}: install Debian's ${debian}, and see it with ${command}.`,
  };
}
