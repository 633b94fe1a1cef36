// The Inspector's command line that stays connected (mcpdo): a subscription beside calls, in both eras over stdio or HTTP.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withServer } from './product.mjs';
import { binary, environment } from './session.mjs';

const require = createRequire(import.meta.url);
const manifest = require.resolve('@modelcontextprotocol/inspector/package.json');
const program = join(dirname(manifest), require(manifest).bin.mcpdo);
const home = mkdtempSync(join(tmpdir(), 'mcpdo-'));
// It starts a daemon, by the name of node.
const env = { ...environment, HOME: home, MCP_INSPECTOR_SECRET_STORE: 'memory',
  PATH: `${dirname(process.execPath)}:${environment.PATH}` };

/** A run that must work; gives its result. */
function done(...args) {
  const run = spawnSync(process.execPath, [program, '--format', 'json', ...args], { env, encoding: 'utf8', timeout: 60_000 });
  assert.equal(run.status, 0, `${args.join(' ')}: ${run.error ?? ''}${run.stdout}${run.stderr}`);
  return run.stdout;
}

/** Runs `use(said)` while it listens to this resource; `said(pattern)` waits for what it prints. */
async function subscribed(connection, uri, use) {
  const child = spawn(process.execPath, [program, '--format', 'json', ...connection, 'resources/subscribe', uri], { env });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { words += data; });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const said = async (pattern) => {
    for (const end = Date.now() + 20_000; !pattern.test(words);) {
      assert.ok(Date.now() < end && child.exitCode === null, `${pattern} was not said: ${words}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    await use(said);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

async function session(era, ...target) {
  const connection = ['--connection', `test-${era}`];
  done(...connection, 'connect', '--era', era, ...target);
  const uri = 'pve://guests/118/status';
  await subscribed(connection, uri, async (said) => {
    await said(/"subscribed"/);
    assert.match(done(...connection, 'tools/call', 'pve_start_qemu_vm', 'vmid:=118'), /VM 118.* started/);
    await said(/"resources\/updated",\s*"uri": "pve:\/\/guests\/118\/status"/);
  });
  assert.match(done(...connection, 'resources/read', uri), /running/);
  done('disconnect', `@test-${era}`);
}

const transport = process.argv[2] ?? 'stdio';
const withTarget = (use) => (transport === 'http'
  ? withServer(['--simulate'], ({ url }) => use('--transport', 'http', '--server-url', url))
  : use('--', binary, '--simulate'));

try {
  for (const era of ['legacy', 'modern']) {
    await withTarget((...target) => session(era, ...target));
    console.log(`mcpdo ${era}, ${transport}: told of a change while it calls`);
  }
} finally {
  done('daemon', 'stop');
  rmSync(home, { recursive: true, force: true });
}
