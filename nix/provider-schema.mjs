// Whether roots are as a version of the AWS provider wants them, by the schema that its bindings for CDKTF and CDK Terrain hold:
//
//     node nix/provider-schema.mjs DIRECTORY ROOT...
//
// DIRECTORY is what npm packed of the bindings, unpacked. Seen are the names of types, blocks and arguments, how they nest, and
// which are required. Not seen: which values an argument takes, which arguments exclude each other, and what is only read.
// A line on standard output for each root, on standard error for each fault. Exit code 1: there are some.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const META = ["count", "depends_on", "for_each", "lifecycle", "provider", "provisioner", "connection"];
const [directory, ...roots] = process.argv.slice(2);
const described = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
const version = (described.cdktn ?? described.cdktf).provider.version;

/** Whether `version` satisfies a constraint such as `>= 6.4, < 7`. */
function allows(constraint) {
  const numbers = (text) => text.split(".").map(Number);
  const compare = (left, right) => {
    for (let at = 0; at < 3; at += 1) {
      const difference = (left[at] ?? 0) - (right[at] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return constraint.split(",").every((part) => {
    const [, operator, than] = /^\s*(>=|<=|>|<|=|)\s*([0-9.]+)\s*$/.exec(part) ?? [];
    if (than === undefined) throw new Error(`the constraint \`${part}\` is not understood`);
    const order = compare(numbers(version), numbers(than));
    return { ">=": order >= 0, "<=": order <= 0, ">": order > 0, "<": order < 0 }[operator] ?? order === 0;
  });
}

const files = (place, end) =>
  readdirSync(place, { recursive: true })
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(join(place, name), "utf8"))
    .join("\n");

/** What an expression that writes an argument makes of it. */
function shape(expression) {
  const call = /^(?:cdkt[fn]\.)?(\w+)\(/.exec(expression)?.[1] ?? "";
  if (["stringToTerraform", "numberToTerraform", "booleanToTerraform"].includes(call)) return { kind: "scalar" };
  if (call === "hashMapper") return { kind: "map" };
  if (call === "listMapper") {
    const inner = /^cdkt[fn]\.listMapper\((?:cdkt[fn]\.)?(\w+)\b/.exec(expression)?.[1] ?? "";
    const scalar = /^(string|number|boolean)ToTerraform$/.test(inner);
    if (scalar) return { kind: "list" };
    return /^(any|list|hash)/.test(inner) ? { kind: "any" } : { kind: "blocks", block: inner };
  }
  return /^(\w*\.)?(?!any)\w+ToTerraform\(/.test(expression) ? { kind: "blocks", block: call, single: true } : { kind: "any" };
}

/** The arguments of the text of an object: `{ name: { kind, block, field } }`. */
function argumentsOf(text) {
  const found = {};
  for (const [, name, expression] of text.matchAll(/^\s+([a-z0-9_]+): (.+),$/gm)) {
    found[name] = { ...shape(expression), field: /(?:struct\.|this\._)(\w+)/.exec(expression)?.[1] };
  }
  return found;
}

const known = new Map();

/** A type's blocks by the functions that write them; its own arguments are those of `""`. */
function schemaOf(type, data) {
  const place = join(directory, "lib", `${data ? "data-" : ""}${data ? "aws-" : ""}${type.slice(4).replaceAll("_", "-")}`);
  if (known.has(place)) return known.get(place);
  if (!existsSync(place)) return null;
  const code = files(place, ".js");
  const required = {};
  for (const [, name, meta, body] of files(place, ".d.ts").matchAll(
    /^export interface (\w+)( extends [\w.]+)? \{\n([^]*?)^\}/gm,
  )) {
    const fields = [...body.matchAll(/^\s+readonly (\w+): /gm)].map(([, field]) => field);
    required[meta ? "" : name.toLowerCase()] = new Set(fields);
  }
  const blocks = new Map();
  const add = (name, text) => {
    const all = argumentsOf(text);
    const wanted = required[name.replace(/ToTerraform$/, "").toLowerCase()] ?? new Set();
    for (const one of Object.values(all)) one.required = wanted.has(one.field);
    blocks.set(name, all);
  };
  for (const [, name, body] of code.matchAll(/^(?:export )?function (\w+ToTerraform)\(struct\) \{\n([^]*?)^\}/gm)) {
    if (!name.endsWith("HclTerraform")) add(name, body.slice(body.lastIndexOf("return {")));
  }
  add("", /synthesizeAttributes\(\) \{\s+return \{\n([^]*?)\n        \};/.exec(code)?.[1] ?? "");
  known.set(place, blocks);
  return blocks;
}

const isReference = (value) => typeof value === "string" && value.includes("${");

/** What is wrong with a block. */
function faults(blocks, name, value, at) {
  const known = blocks.get(name);
  if (known === undefined) return [`${at}: the bindings have no \`${name}\``];
  const found = [];
  // `dynamic` writes blocks of its name: what they hold is in `content`.
  const { dynamic = {}, ...given } = value;
  const written = Object.entries(given).filter(([argument]) => name !== "" || !META.includes(argument));
  for (const [argument, one] of written) {
    const has = known[argument];
    if (has === undefined) found.push(`${at}: has no argument or block \`${argument}\``);
    else if (one !== null) found.push(...misshapen(blocks, has, one, `${at}.${argument}`));
  }
  for (const [argument, one] of Object.entries(dynamic)) {
    const has = known[argument];
    if (has?.kind !== "blocks") found.push(`${at}: has no block \`${argument}\``);
    else for (const { content } of [one].flat()) found.push(...faults(blocks, has.block, content, `${at}.${argument}`));
  }
  for (const [argument, has] of Object.entries(known)) {
    const missing = given[argument] === undefined || given[argument] === null;
    if (has.required && missing && dynamic[argument] === undefined) found.push(`${at}: lacks \`${argument}\`, which is required`);
  }
  return found;
}

function misshapen(blocks, has, value, at) {
  if (has.kind === "any" || isReference(value)) return [];
  const isObject = typeof value === "object" && !Array.isArray(value);
  switch (has.kind) {
    case "scalar":
      return typeof value === "object" ? [`${at}: is one value, not a list or a block`] : [];
    case "map":
      return isObject ? [] : [`${at}: is a map`];
    case "list":
      return Array.isArray(value) ? [] : [`${at}: is a list`];
    default: {
      const all = [value].flat();
      if (has.single && all.length > 1) return [`${at}: may be there once, not ${all.length} times`];
      return all.flatMap((one) =>
        typeof one === "object" && one !== null ? faults(blocks, has.block, one, at) : isReference(one) ? [] : [`${at}: is a block`],
      );
    }
  }
}

let wrong = false;
for (const root of roots) {
  const text = JSON.parse(readFileSync(join(root, "config.tf.json"), "utf8"));
  const constraint = text.terraform.required_providers.aws.version;
  if (!allows(constraint)) continue;
  const found = [];
  for (const [section, data] of [["resource", false], ["data", true]]) {
    for (const [type, named] of Object.entries(text[section] ?? {})) {
      if (!type.startsWith("aws_")) continue;
      const blocks = schemaOf(type, data);
      for (const [name, value] of Object.entries(named)) {
        const at = `${data ? "data." : ""}${type}.${name}`;
        found.push(...(blocks === null ? [`${at}: there is no such type`] : [value].flat().flatMap((one) => faults(blocks, "", one, at))));
      }
    }
  }
  for (const fault of found) console.error(`${root}: provider ${version}: ${fault}`);
  console.log(`${found.length === 0 ? "fits" : "does not fit"} provider ${version}: ${root}`);
  wrong ||= found.length > 0;
}
process.exit(wrong ? 1 : 0);
