// Answers like the native `solc` over npm's `solc` package, as far as py-solc-x, forge, slither
// and crytic-compile ask. Run by the script that ledger/chain/shim.py writes:
//
//   node solc_shim.js PACKAGE VERSION ARGUMENTS...
//
// Exit status: 0 done (with --standard-json also when the answer carries errors, as native solc),
// 1 when files do not compile or the arguments are not understood.
"use strict";

const fs = require("fs");
const path = require("path");

// What --combined-json calls an output: where the standard JSON keeps it, per contract.
const COMBINED = {
  abi: ["abi"],
  asm: ["evm.legacyAssembly", "evm", "legacyAssembly"],
  bin: ["evm.bytecode.object", "evm", "bytecode", "object"],
  "bin-runtime": ["evm.deployedBytecode.object", "evm", "deployedBytecode", "object"],
  devdoc: ["devdoc"],
  hashes: ["evm.methodIdentifiers", "evm", "methodIdentifiers"],
  metadata: ["metadata"],
  opcodes: ["evm.bytecode.opcodes", "evm", "bytecode", "opcodes"],
  srcmap: ["evm.bytecode.sourceMap", "evm", "bytecode", "sourceMap"],
  "srcmap-runtime": ["evm.deployedBytecode.sourceMap", "evm", "deployedBytecode", "sourceMap"],
  "storage-layout": ["storageLayout"],
  userdoc: ["userdoc"],
};

const HELP = `solc, the Solidity commandline compiler (npm package behind a shim)
Usage: solc [options] [remapping=path] [input files | -]
  --version
  --standard-json
  --combined-json ast,${Object.keys(COMBINED).join(",")}
  --base-path path
  --include-path path
  --allow-paths path(s)
  --optimize
  --optimize-runs n
  --evm-version version
  --via-ir
  --metadata-hash (none,ipfs,swarm)
  --no-cbor-metadata
`;

function fail(message) {
  process.stderr.write(`Error: ${message}\n`);
  process.exit(1);
}

function parse(args) {
  const options = { basePath: "", includePaths: [], allowPaths: [], files: [], remappings: [] };
  const settings = { optimizer: { enabled: false }, metadata: {} };
  const rest = args.flatMap((arg) => (/^--[\w-]+=/.test(arg) ? splitOnce(arg) : [arg]));
  const value = (flag) => (rest.length ? rest.shift() : fail(`${flag} needs a value`));
  while (rest.length) {
    const arg = rest.shift();
    if (arg === "--help") options.help = true;
    else if (arg === "--standard-json") options.standardJson = true;
    else if (arg === "--combined-json") options.combinedJson = value(arg).split(",");
    else if (arg === "--base-path") options.basePath = value(arg);
    else if (arg === "--include-path" || arg === "-I") options.includePaths.push(value(arg));
    else if (arg === "--allow-paths") options.allowPaths.push(...value(arg).split(","));
    else if (arg === "--optimize") settings.optimizer.enabled = true;
    else if (arg === "--optimize-runs") settings.optimizer.runs = Number(value(arg));
    else if (arg === "--evm-version") settings.evmVersion = value(arg);
    else if (arg === "--via-ir") settings.viaIR = true;
    else if (arg === "--metadata-hash") settings.metadata.bytecodeHash = value(arg);
    else if (arg === "--no-cbor-metadata") settings.metadata.appendCBOR = false;
    else if (arg === "-") options.files.push(arg);
    else if (arg.startsWith("-")) fail(`unrecognised option '${arg}'`);
    else if (arg.includes("=")) options.remappings.push(arg);
    else options.files.push(arg);
  }
  return { options, settings };
}

function splitOnce(arg) {
  const at = arg.indexOf("=");
  return [arg.slice(0, at), arg.slice(at + 1)];
}

// The callback by which the compiler asks for a source that is not in its input.
function reader({ basePath, includePaths, allowPaths, files, remappings }) {
  const targets = remappings.map((remapping) => remapping.slice(remapping.indexOf("=") + 1));
  const homes = files.filter((file) => file !== "-").map((file) => path.dirname(file));
  const allowed = [basePath || ".", ...includePaths, ...allowPaths, ...targets, ...homes]
    .filter((folder) => folder && fs.existsSync(folder))
    .map((folder) => fs.realpathSync(folder));
  const isAllowed = (file) => allowed.some((root) => file === root || !outside(root, file));
  return (name) => {
    const roots = path.isAbsolute(name) ? [""] : [basePath, ...includePaths];
    const found = roots.map((root) => path.resolve(root, name)).filter((file) => isFile(file));
    if (!found.length) return { error: `Source "${name}" not found: File not found.` };
    const real = fs.realpathSync(found[0]);
    if (!isAllowed(real)) return { error: `Source "${name}": outside of allowed directories.` };
    return { contents: fs.readFileSync(real, "utf8") };
  };
}

function outside(root, file) {
  const relative = path.relative(root, file);
  return relative === ".." || relative.startsWith("../") || path.isAbsolute(relative);
}

function isFile(file) {
  return fs.existsSync(file) && fs.statSync(file).isFile();
}

// Standard input may be a pipe that is not ready yet; a plain read of all of it then fails.
function stdin() {
  const chunks = [];
  const chunk = Buffer.alloc(1 << 16);
  for (;;) {
    let count;
    try {
      count = fs.readSync(0, chunk, 0, chunk.length, null);
    } catch (error) {
      if (error.code === "EAGAIN") continue;
      if (error.code === "EOF") break;
      throw error;
    }
    if (count === 0) break;
    chunks.push(Buffer.from(chunk.subarray(0, count)));
  }
  return Buffer.concat(chunks).toString("utf8");
}

function pick(contract, [first, ...keys]) {
  return (keys.length ? keys : [first]).reduce((node, key) => node?.[key], contract);
}

function compileFiles(solc, version, options, settings) {
  if (!options.files.length) fail("no input files given");
  const unknown = options.combinedJson.filter((name) => name !== "ast" && !COMBINED[name]);
  if (unknown.length) fail(`Invalid option to --combined-json: ${unknown.join(",")}`);
  const wanted = options.combinedJson.filter((name) => name !== "ast");
  const sources = {};
  for (const file of options.files) {
    if (file !== "-" && !isFile(file)) fail(`"${file}" is not found.`);
    const content = file === "-" ? stdin() : fs.readFileSync(file, "utf8");
    sources[file === "-" ? "<stdin>" : unitName(file, options.basePath)] = { content };
  }
  const outputSelection = { "*": { "*": wanted.map((name) => COMBINED[name][0]), "": ["ast"] } };
  const input = {
    language: "Solidity",
    sources,
    settings: { ...settings, remappings: options.remappings, outputSelection },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: reader(options) }));
  for (const error of output.errors || []) process.stderr.write(`${error.formattedMessage}\n`);
  if ((output.errors || []).some((error) => error.severity === "error")) process.exit(1);
  return combined(output, wanted, options.combinedJson.includes("ast"), version);
}

function unitName(file, basePath) {
  if (!basePath) return file;
  const absolute = path.resolve(file);
  const root = path.resolve(basePath);
  return outside(root, absolute) ? absolute : path.relative(root, absolute);
}

function combined(output, wanted, withAst, version) {
  const answer = { contracts: {}, version };
  for (const [file, contracts] of Object.entries(output.contracts || {})) {
    for (const [name, contract] of Object.entries(contracts)) {
      const entry = wanted.map((key) => [key, pick(contract, COMBINED[key]) ?? null]);
      answer.contracts[`${file}:${name}`] = Object.fromEntries(entry);
    }
  }
  const units = Object.entries(output.sources || {}).sort(([, a], [, b]) => a.id - b.id);
  answer.sourceList = units.map(([file]) => file);
  if (withAst) {
    answer.sources = Object.fromEntries(
      units.map(([file, unit]) => [file, { AST: unit.ast, id: unit.id }]),
    );
  }
  return JSON.stringify(answer);
}

function main([folder, version, ...args]) {
  const { options, settings } = parse(args);
  if (options.help) return process.stdout.write(HELP);
  if (!options.standardJson && !options.combinedJson) {
    fail("this solc answers --version, --standard-json and --combined-json only");
  }
  const solc = require(path.resolve(folder));
  if (solc.version() !== version) {
    fail(`the shim was written for solc ${version}, but ${folder} holds ${solc.version()}`);
  }
  const answer = options.standardJson
    ? solc.compile(options.files.length ? fs.readFileSync(options.files[0], "utf8") : stdin(), {
        import: reader({ ...options, files: [] }),
      })
    : compileFiles(solc, version, options, settings);
  process.stdout.write(`${answer}\n`);
}

main(process.argv.slice(2));
