/** The README of a new plugin. */
export function readmeFile(name: string, summary: string, run: string): string {
  return `# ${name}

${summary}

\`\`\`sh
spider plugins check . # every fault, with its line
spider plugins test .  # plays the tests of tests.ts, without root and without a network
${run}
\`\`\`

\`mod.ts\` is the plugin, \`tests.ts\` its tests, \`spider.d.ts\` the types of the contract. Any web server
can publish the folder; others then name the plugin by the URL of its \`mod.ts\`, and are shown the
hash that \`spider plugins info .\` shows you.
`;
}
