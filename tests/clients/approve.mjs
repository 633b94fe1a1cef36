// PVE_APPROVAL=human with real clients. Over stdio: a client that cannot ask its user is refused with an id, a person approves
// it on a terminal, and the client's repeat succeeds; a client that can ask its user needs no more than the user's yes. Over
// HTTP: what a person has approved for one caller is no other caller's.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { main } from './programs.mjs';
import { kinds, makeClient, ran, withServer } from './product.mjs';
import { binary, environment, fails, textOf, works } from './session.mjs';

const passphrase = 'correct horse battery';
const guest = { vmid: 118 };

/** Runs `use(env)` with a home of its own. */
async function withHome(use) {
  const home = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  try {
    return await use({ ...environment, HOME: home, PVE_APPROVAL: 'human' });
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Runs a command on a terminal of its own and types each line once its prompt is shown; gives exit code and screen. */
function onTerminal(env, args, dialogue) {
  const command = [binary, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-q', '-e', '-E', 'never', '-c', command, '/dev/null'], { env: { ...env, SHELL: '/bin/sh' } });
  const lines = [...dialogue];
  let screen = '';
  let seen = 0;
  child.stdout.on('data', (bytes) => {
    screen += bytes;
    while (lines.length > 0) {
      const at = screen.indexOf(lines[0][0], seen);
      if (at < 0) return;
      seen = at + lines[0][0].length;
      child.stdin.write(`${lines.shift()[1]}\n`);
    }
  });
  return new Promise((resolve) => { child.once('close', (code) => resolve({ code, screen })); });
}

async function setPassphrase(env) {
  const { code, screen } = await onTerminal(env, ['approve', '--set-passphrase'],
    [['New passphrase: ', passphrase], ['New passphrase again: ', passphrase]]);
  assert.equal(code, 0, screen);
  assert.ok(!screen.includes(passphrase), screen);
}

const approve = (env, id, word = passphrase) => onTerminal(env, ['approve', id], [['Passphrase to approve it: ', word]]);

/** The id in the refusal of the deletion. */
async function refusedId(client) {
  const text = await fails(client, 'pve_delete_qemu_vm', guest, /^Not done\. Plan for deleting VM 118 .*A person must approve this/s);
  return text.match(/mcp-pve approve ([0-9a-f]{12})/)[1];
}

async function connected(kind, made, capabilities, use, answer = () => ({ action: 'decline' })) {
  const client = makeClient(kind, capabilities);
  if (capabilities.elicitation)
    client.setRequestHandler(client instanceof Client1 ? ElicitRequestSchema : 'elicitation/create', answer);
  await client.connect(made);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const overStdio = (kind, env) => new kinds[kind].transports.stdio({ command: binary, args: ['--simulate'], env, stderr: 'inherit' });

const stdio = (kind) => withHome(async (env) => {
  await setPassphrase(env);
  await connected(kind, overStdio(kind, env), {}, async (client) => {
    const { tools } = await client.listTools();
    const marked = tools.filter((tool) => tool._meta?.['anthropic/requiresUserInteraction']).map((tool) => tool.name);
    assert.ok(marked.includes('pve_delete_qemu_vm') && !marked.includes('pve_update_qemu_config'), marked.join());
    const id = await refusedId(client);
    const again = { ...guest, confirm: id };
    await fails(client, 'pve_delete_qemu_vm', again, /no person has approved this plan yet/);
    const wrong = await approve(env, id, 'wrong');
    assert.equal(wrong.code, 1, wrong.screen);
    assert.match(wrong.screen, /Nothing was approved: this is not the passphrase/);
    const alone = spawnSync('setsid', ['-w', binary, 'approve', id], { env, encoding: 'utf8', timeout: 60_000 });
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /there is no terminal/);
    await fails(client, 'pve_delete_qemu_vm', again, /no person has approved this plan yet/);

    const right = await approve(env, id);
    assert.equal(right.code, 0, right.screen);
    await fails(client, 'pve_delete_qemu_vm', { vmid: 109, confirm: id }, /another tool or other arguments/);
    assert.match(await works(client, 'pve_delete_qemu_vm', again), /VM 118 \(test-restore\) on pve2 deleted/);
    await fails(client, 'pve_delete_qemu_vm', again, /./);
    await works(client, 'pve_update_qemu_config', { vmid: 100, description: 'a note' });
  });
  const asked = [];
  const answer = (request) => {
    asked.push(request.params.message);
    return { action: 'accept', content: { confirm: true } };
  };
  await connected(kind, overStdio(kind, env), { elicitation: {} }, async (client) => {
    assert.match(await works(client, 'pve_delete_qemu_vm', guest), /VM 118 \(test-restore\) on pve2 deleted/);
    assert.equal(asked.length, 1);
  }, answer);
});

/** A bearer token and its lines for the file. */
function token(name) {
  const { stdout, stderr } = ran(['token', name]);
  return { text: stdout, value: stderr.match(/^pve_[\w-]{43}$/m)[0] };
}

const callers = () => withHome(async (env) => {
  await setPassphrase(env);
  const [ann, bob] = [token('ann'), token('bob')];
  const file = join(env.HOME, 'tokens.toml');
  writeFileSync(file, `${ann.text}\n${bob.text}`);
  chmodSync(file, 0o600);
  await withServer(['--simulate', '--http-tokens', file], async (server) => {
    const as = (who, use) => connected('sdk2_pinned', new kinds.sdk2_pinned.transports.http(new URL(server.url),
      { requestInit: { headers: { Authorization: `Bearer ${who.value}` } } }), {}, use);
    const id = await as(ann, refusedId);
    const { code, screen } = await approve(env, id);
    assert.equal(code, 0, screen);
    assert.match(screen, /of the caller .*ann/);
    const again = { ...guest, confirm: id };
    await as(bob, (client) => fails(client, 'pve_delete_qemu_vm', again, /This server knows no such id/));
    await as(ann, async (client) => {
      const done = await client.callTool({ name: 'pve_delete_qemu_vm', arguments: again });
      assert.ok(!done.isError, textOf(done));
    });
  }, env);
});

await main({ stdio_sdk1: () => stdio('sdk1'), stdio_sdk2: () => stdio('sdk2_pinned'), callers });
