"use strict";
// Compiles standard JSON from each line of standard input, one after the other in one process,
// which is warm from the second on; writes a line for each. No source is read: all are handed over.
// Arguments: the folder of npm's solc, and the version that it must be.

const [folder, version] = process.argv.slice(2);
const solc = require(folder);
if (solc.version() !== version) throw new Error(`${folder} holds solc ${solc.version()}`);

let text = "";
process.stdin
  .setEncoding("utf8")
  .on("data", (part) => (text += part))
  .on("end", () => {
    for (const line of text.split("\n")) process.stdout.write(`${solc.compile(line)}\n`);
  });
