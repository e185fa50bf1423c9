// Writes the types of the page from the OpenAPI documents of the agent and of the cloud (schema/*.json); with --check it only compares.
// Generators from npm need the compiler API of TypeScript 5, which 7 does not have.
import { readFileSync, writeFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8')).components.schemas;

/** A schema as a type. */
function type(schema, indent) {
  if (schema === true || schema === undefined) return 'unknown';
  if (schema.$ref) return reference(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((it) => JSON.stringify(it)).join(' | ');
  const own = schema.type || schema.properties ? [plain(schema, indent)] : [];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) own.push(`(${choices.map((it) => type(it, indent)).join(' | ')})`);
  if (schema.allOf) own.push(...schema.allOf.map((it) => type(it, indent)));
  return own.length > 0 ? own.join(' & ') : 'unknown';
}

function reference(path) {
  return `components['schemas'][${JSON.stringify(path.split('/').at(-1))}]`;
}

function plain(schema, indent) {
  const types = [schema.type ?? 'object'].flat();
  return types.map((name) => named(name, schema, indent)).join(' | ');
}

function named(name, schema, indent) {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return schema.prefixItems
        ? `[${schema.prefixItems.map((it) => type(it, indent)).join(', ')}]`
        : `(${type(schema.items, indent)})[]`;
    case 'object':
      return object(schema, indent);
    default:
      return name;
  }
}

function object(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...comment(property.description, inner),
    `${inner}${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${type(property, inner)};`,
  ]);
  const rest = schema.additionalProperties;
  if (lines.length === 0) return `Record<string, ${rest && rest !== true ? type(rest, indent) : 'unknown'}>`;
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function comment(text, indent) {
  return text ? [`${indent}/** ${text.split('\n')[0].replaceAll('*/', '')} */`] : [];
}

/** The names of schemas, and of all that they speak of. */
function reachable(schemas, names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const parts = [...JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, part]) => part);
    reachable(schemas, parts, found);
  }
  return found;
}

let isOff = false;

function write(from, to, all, names = new Set(Object.keys(all))) {
  const schemas = Object.entries(all).flatMap(([name, schema]) =>
    names.has(name) ? [...comment(schema.description, '    '), `    ${name}: ${type(schema, '    ')};`] : [],
  );
  const text = `// Made by scripts/api-types.mjs from schema/${from}; do not edit.\n\nexport interface components {\n  schemas: {\n${schemas.join('\n')}\n  };\n}\n`;
  const path = new URL(`../${to}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${to} is not what schema/${from} says; run \`npm run types\``);
    isOff = true;
  }
}

const agent = read('openapi.json');
write('openapi.json', 'src/lib/api-types.ts', agent);
// What a cloud shows of an agent is what the agent shows: only the rest is its own.
const cloud = read('gsscloud-openapi.json');
const own = Object.keys(cloud).filter((name) => JSON.stringify(agent[name]) === undefined);
write('gsscloud-openapi.json', 'src/pages/cloud/api-types.ts', cloud, reachable(cloud, [...own, 'Overview', 'Caller']));
process.exit(isOff ? 1 : 0);
