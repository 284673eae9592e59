/** Stands for standard input or output in place of a file name. */
export const STANDARD = "-";
