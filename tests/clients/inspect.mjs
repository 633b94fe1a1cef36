// The Inspector's command line, with a home of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environment } from './session.mjs';

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/inspector/package.json');
const { bin } = require(manifest);
const program = join(dirname(manifest), bin['mcp-inspector']);

/** Runs `use({ inspect, result })`: a run of the Inspector, and one that must work and gives its result. */
export async function inspecting(use) {
  const home = mkdtempSync(join(tmpdir(), 'inspector-'));
  const inspect = (era, ...args) => {
    const run = spawnSync(
      process.execPath, [program, '--cli', '--format', 'json', '-q', '--protocol-era', era, ...args],
      { env: { ...environment, HOME: home }, encoding: 'utf8', timeout: 60000 });
    assert.equal(run.error, undefined);
    return run;
  };
  const result = (...args) => {
    const run = inspect(...args);
    assert.equal(run.status, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
    return JSON.parse(run.stdout).result;
  };
  try {
    await use({ inspect, result });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
