// Writes src/lib/api-types.ts from the OpenAPI document of the agent (schema/openapi.json); with --check it only compares.
// Generators from npm need the compiler API of TypeScript 5, which 7 does not have.
import { readFileSync, writeFileSync } from 'node:fs';

const from = new URL('../../schema/openapi.json', import.meta.url);
const to = new URL('../src/lib/api-types.ts', import.meta.url);
const document = JSON.parse(readFileSync(from, 'utf8'));

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

const schemas = Object.entries(document.components.schemas).flatMap(([name, schema]) => [
  ...comment(schema.description, '    '),
  `    ${name}: ${type(schema, '    ')};`,
]);
const text = `// Made by scripts/api-types.mjs from schema/openapi.json; do not edit.\n\nexport interface components {\n  schemas: {\n${schemas.join('\n')}\n  };\n}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(to, 'utf8') !== text) {
    console.error('src/lib/api-types.ts is not what schema/openapi.json says; run `npm run types`');
    process.exit(1);
  }
} else {
  writeFileSync(to, text);
}
