// Every schema of a running server, of all categories, is one that every host takes: by a walk of our own over what two clients
// get, and by the Inspector's lint (--strict) in both eras.
import assert from 'node:assert/strict';
import { inspecting } from './inspect.mjs';
import { ran, withClient } from './product.mjs';
import { binary, offered } from './session.mjs';

/** All categories, as --help names them: those that are off unless named too. */
function allCategories() {
  const names = ran(['--help']).stdout.replace(/\s+/g, ' ').match(/categories, separated by commas: ([^.]+)\./)?.[1];
  assert.ok(names, 'the help lists the categories');
  return names.split(', ').join(',');
}

const settings = ['--categories', allCategories(), '--output', 'structured'];
const refused = ['anyOf', 'oneOf', 'allOf', 'not', '$ref', '$defs', 'const'];

/** Fails where some host would refuse the list: `where` is the way to this schema. */
function check(schema, where) {
  for (const keyword of refused) assert.ok(!(keyword in schema), `${where} has ${keyword}`);
  assert.equal(typeof schema.type, 'string', `the type of ${where} is no word: ${JSON.stringify(schema.type)}`);
  if (schema.enum) {
    assert.equal(schema.type, 'string', where);
    assert.ok(schema.enum.every((value) => typeof value === 'string'), `${where} lists other than strings`);
  }
  if (schema.type === 'array') check(schema.items ?? {}, `${where}[]`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) check(property, `${where}.${name}`);
}

for (const kind of ['sdk1', 'sdk2_pinned']) {
  await withClient(kind, 'stdio', ['--simulate', ...settings], async (client) => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name), offered(...settings.slice(0, 2)));
    for (const { name, inputSchema, outputSchema, annotations } of tools) {
      check(inputSchema, name);
      check(outputSchema, `the result of ${name}`);
      assert.equal(annotations.readOnlyHint === true, annotations.destructiveHint === undefined, name);
    }
    console.log(`${kind}: ${tools.length} tools, each schema is plain`);
  });
}

await inspecting(({ result }) => {
  for (const era of ['legacy', 'modern']) {
    // Its own flags have the same names.
    const { tools } = result(era, '--strict', '-e', `PVE_CATEGORIES=${settings[1]}`, '-e', 'PVE_OUTPUT=structured', binary,
                             '--simulate', '--method', 'tools/list');
    assert.ok(tools.every((tool) => tool.outputSchema));
    console.log(`inspector ${era}: --strict clean for ${tools.length} tools`);
  }
});
