// Ids of tasks outlive the server that gave them: the key that seals them is kept in a file of its user alone. One cluster,
// several servers, one after another.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from './programs.mjs';
import { urlOf, withProcesses } from './processes.mjs';
import { RawHttp, envelope } from './raw.mjs';
import { binary } from './session.mjs';

const meta = envelope({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
const shutdown = { name: 'pve_shutdown_qemu_vm', arguments: { vmid: 100 } };

async function asked(url, method, params) {
  const raw = new RawHttp(url);
  return raw.request(method, { ...params, _meta: meta });
}

/** Runs `use(url, process)` with a server that then ends well. */
async function served(start, env, use) {
  const server = start(binary, ['--http', '127.0.0.1:0', '--http-no-auth'], env);
  const given = await use(await urlOf(server), server);
  assert.equal(await server.kill(), 0, server.said.join('\n'));
  return given;
}

const warning = /cannot keep a key in .*only this user may have access.*PVE_STATE_KEY/;
const warns = ({ said }) => said.some((line) => warning.test(line));

/** A task's id from a server of its own. */
const begun = (start, env, warned) => served(start, env, async (url, server) => {
  const { result, error } = await asked(url, 'tools/call', shutdown);
  assert.equal(result?.resultType, 'task', JSON.stringify(error ?? result));
  assert.equal(warns(server), warned, server.said.join('\n'));
  return result.taskId;
});

const honoured = (start, env, taskId) => served(start, env, async (url, server) => {
  const { result, error } = await asked(url, 'tasks/get', { taskId });
  assert.ok(result, `refused: ${JSON.stringify(error)}`);
  assert.equal(result.taskId, taskId);
  assert.ok(['working', 'completed'].includes(result.status), result.status);
  assert.ok(!warns(server), server.said.join('\n'));
});

const refused = (start, env, taskId, warned) => served(start, env, async (url, server) => {
  const { result, error } = await asked(url, 'tasks/get', { taskId });
  assert.equal(error?.code, -32602, JSON.stringify(result));
  assert.equal(warns(server), warned, server.said.join('\n'));
});

async function kept() {
  await withProcesses(async (start, folder) => {
    const simulator = start(binary, ['simulate', '--plain', '--listen', '127.0.0.1:0']);
    const settings = {};
    await simulator.until((line) => {
      const [, name, value] = line.match(/^export (\w+)='(.*)'$/) ?? [];
      if (name) settings[name] = value;
      return settings.PVE_TOKEN_SECRET;
    });
    const env = { ...settings, XDG_STATE_HOME: join(folder, 'state') };
    const file = join(env.XDG_STATE_HOME, 'mcp-pve/key');
    const mode = () => statSync(file).mode & 0o7777;

    const taskId = await begun(start, env, false);
    assert.equal(mode(), 0o600);
    const key = readFileSync(file, 'utf8');
    assert.ok(key.length >= 32);
    await honoured(start, env, taskId);
    assert.equal(readFileSync(file, 'utf8'), key, 'kept as it is');
    await refused(start, { ...env, XDG_STATE_HOME: join(folder, 'elsewhere') }, taskId, false);
    // Without that variable it is kept below the home.
    const home = { ...settings, HOME: join(folder, 'home') };
    await honoured(start, home, await begun(start, home, false));
    assert.equal(statSync(join(home.HOME, '.local/state/mcp-pve/key')).mode & 0o7777, 0o600);

    // What others can read may be known to them: it seals nothing, and the file stays as it was.
    chmodSync(file, 0o644);
    await refused(start, env, taskId, true);
    await refused(start, env, await begun(start, env, true), true);
    assert.equal(mode(), 0o644);
    assert.equal(readFileSync(file, 'utf8'), key);
    chmodSync(file, 0o600);
    await honoured(start, env, taskId);
    writeFileSync(file, 'too short');
    await refused(start, env, taskId, true);
  });
  console.log('restart: ids of tasks last as long as the key, and the key is its user\'s alone');
}

await main({ kept });
