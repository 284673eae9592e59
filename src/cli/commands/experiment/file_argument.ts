/** The file of an experiment, or one that ships with the program. */
export const fileArgument = {
  name: "FILE",
  summary:
    "an experiment in YAML, - for standard input, or the name of one that ships with the program",
} as const;
