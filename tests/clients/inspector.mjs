// The Inspector's command line in both eras, with its lint for hosts (--strict).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binary, environment, tiers } from './session.mjs';

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/inspector/package.json');
const { bin } = require(manifest);
const program = join(dirname(manifest), bin['mcp-inspector']);
const home = mkdtempSync(join(tmpdir(), 'inspector-'));

function inspect(era, ...args) {
  const run = spawnSync(
    process.execPath, [program, '--cli', '--format', 'json', '-q', '--protocol-era', era, ...args],
    { env: { ...environment, HOME: home }, encoding: 'utf8', timeout: 60000 });
  assert.equal(run.error, undefined);
  return run;
}

try {
  for (const era of ['legacy', 'modern']) {
    const list = inspect(era, '--strict', binary, '--simulate', '--method', 'tools/list');
    assert.equal(list.status, 0, `${era} --strict: ${list.stdout}${list.stderr}`);
    assert.equal(JSON.parse(list.stdout).result.tools.length, tiers.full);

    const call = inspect(era, binary, '--simulate', '--method', 'tools/call', '--tool-name', 'pve_get_node_status',
                         '--tool-arg', 'node=pve1');
    assert.equal(call.status, 0, call.stderr);
    assert.match(call.stdout, /uptime/);

    const refused = inspect(era, binary, '--simulate', '--method', 'tools/call', '--tool-name', 'pve_get_node_status',
                            '--tool-arg', 'node=nowhere');
    assert.match(refused.stdout + refused.stderr, /nowhere/);
    console.log(`inspector ${era}: --strict clean, call and refusal`);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
