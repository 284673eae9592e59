/** How a command line names standard input or output in place of a file. */
export const STANDARD = "-";
