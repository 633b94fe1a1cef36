// The command line of a file of tests.
import assert from 'node:assert/strict';

/** Runs the programs named on the command line, or all. */
export async function main(programs) {
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(programs)) {
    assert.ok(programs[name], `no program "${name}"; there are ${Object.keys(programs).join(', ')}`);
    await programs[name]();
  }
}
