// Who may call over HTTP: tokens as mcp-pve makes them, what they may, new ones while the server runs, and what is not
// served to whom. No secret reaches the log.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './programs.mjs';
import { kinds, makeClient, ran, withServer } from './product.mjs';
import { envelope } from './raw.mjs';
import { expectOffered, fails, textOf, works } from './session.mjs';
import { withSlowCluster } from './slow_cluster.mjs';

/** A token and its lines for the file. */
function made(name, ...options) {
  const { status, stdout, stderr } = ran(['token', name, ...options]);
  assert.equal(status, 0, stderr);
  const [token] = stderr.match(/^pve_[\w-]{43}$/m);
  assert.ok(!stdout.includes(token) && stdout.includes(`name = "${name}"`), 'stdout goes into the file');
  return { token, text: stdout };
}

const bearer = (token) => (token === undefined ? {} : { Authorization: `Bearer ${token}` });

const ask = (url, headers, message = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {
  protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } } }) =>
  fetch(url, { method: 'POST', body: JSON.stringify(message),
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers } });

async function withCaller(kind, url, token, use) {
  const client = makeClient(kind);
  await client.connect(new kinds[kind].transports.http(new URL(url), { requestInit: { headers: bearer(token) } }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** A tool beyond the caller's rights is not listed, and says so when it is called. */
async function isReader(client) {
  await expectOffered(client, '--access-tier', 'read-only');
  await works(client, 'pve_list_nodes');
  for (const [name, args] of [['pve_start_qemu_vm', { vmid: 118 }], ['pve_delete_qemu_vm', { vmid: 118 }]]) {
    const result = await client.callTool({ name, arguments: args }).catch((error) => error);
    assert.ok(result instanceof Error || result.isError, `a reader ran ${name}`);
    assert.match(result.message ?? textOf(result), /tier|may|not/);
  }
  assert.match(await works(client, 'pve_get_qemu_status', { vmid: 118 }), /stopped/);
}

async function tokens() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const file = join(folder, 'tokens.toml');
  const settings = join(folder, 'settings.toml');
  const all = { admin: made('admin'), reader: made('reader', '--tier', 'read-only'),
    nodes: made('nodes', '--categories', 'nodes,tasks'), late: made('late') };
  const store = (...names) => {
    writeFileSync(file, names.map((name) => all[name].text).join('\n'));
    chmodSync(file, 0o600);
  };
  store('admin', 'reader', 'nodes');
  try {
    writeFileSync(settings, 'access_tier = "full"\n');
    await withServer(['--simulate', '--debug', '--config', settings, '--http-tokens', file], async (server) => {
      const { url } = server;
      const statusOf = async (headers) => (await ask(url, headers)).status;
      for (const headers of [{}, bearer(`${all.admin.token}x`), bearer(all.late.token), bearer(''),
        { Authorization: `Basic ${btoa(`admin:${all.admin.token}`)}` }, { Authorization: all.admin.token }]) {
        const response = await ask(url, headers);
        assert.ok([400, 401].includes(response.status), `${JSON.stringify(headers)}: ${response.status}`);
        assert.match(response.headers.get('www-authenticate'), /^Bearer/);
        const body = await response.text();
        assert.ok(!body.includes('pve_'), body);
      }
      assert.equal((await ask(url, {})).status, 401);
      assert.equal((await ask(`${url}?access_token=${all.admin.token}`, {})).status, 401);
      for (const kind of ['sdk1', 'sdk2_pinned']) {
        await assert.rejects(withCaller(kind, url, undefined, (client) => client.listTools()));
        await withCaller(kind, url, all.reader.token, isReader);
        await withCaller(kind, url, all.admin.token, (client) => expectOffered(client));
        await withCaller(kind, url, all.nodes.token, async (client) => {
          await expectOffered(client, '--categories', 'nodes,tasks');
          await assert.rejects(works(client, 'pve_list_qemu_vms', { node: 'pve1' }));
        });
      }
      // A session is of who began it.
      const begun = await ask(url, bearer(all.admin.token));
      const session = { 'Mcp-Session-Id': begun.headers.get('mcp-session-id') };
      const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
      assert.equal((await ask(url, { ...session, ...bearer(all.reader.token) }, list)).status, 404);
      assert.equal((await ask(url, { ...session, ...bearer(all.admin.token) }, list)).status, 200);

      store('reader', 'late');
      server.signal('SIGHUP');
      await server.said(/ the tokens were read again/);
      assert.equal(await statusOf(bearer(all.admin.token)), 401);
      assert.equal((await ask(url, { ...session, ...bearer(all.admin.token) }, list)).status, 401);
      assert.equal(await statusOf(bearer(all.late.token)), 200);
      writeFileSync(file, '[[token]]\nname = 1\n');
      server.signal('SIGHUP');
      await server.said(/tokens\.toml.*stay valid/);
      await server.said(/ tier, categories and tools were read again/, 2);
      assert.equal(await statusOf(bearer(all.late.token)), 200);
      // A mistake in the settings keeps no token that was taken back.
      store('reader');
      writeFileSync(settings, 'access_tier = "ful"\n');
      server.signal('SIGHUP');
      await server.said(/tier, categories and tools are unchanged: .*"ful"/);
      assert.equal(await statusOf(bearer(all.late.token)), 401);
      assert.doesNotMatch(server.log(), /pve_[\w-]{43}/);
      for (const { token } of Object.values(all)) assert.ok(!server.log().includes(token.slice(4)), 'a token in the log');
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log('tokens: made, checked, read again, and in no log');
}

/** What a caller proves himself with stays here: PVE gets the server's token and nothing of the caller's. */
async function forwarding() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const file = join(folder, 'tokens.toml');
  const { token, text } = made('caller');
  writeFileSync(file, text, { mode: 0o600 });
  const requests = [];
  try {
    await withSlowCluster((env) => withServer(['--http-tokens', file], async ({ url }) => {
      for (const kind of ['sdk1', 'sdk2_pinned']) {
        await withCaller(kind, url, token, async (client) => {
          await works(client, 'pve_list_nodes');
          await works(client, 'pve_get_qemu_config', { vmid: 100 });
          await works(client, 'pve_update_qemu_config', { vmid: 100, description: `by ${kind}` });
          await works(client, 'pve_create_qemu_snapshot', { vmid: 100, snapname: kind });
          await client.readResource({ uri: 'pve://guests/100/status' });
          await client.getPrompt({ name: 'triage_node', arguments: { node: 'pve1' } });
        });
      }
      // PVE's own way to say who asks, from outside.
      const foreign = { Authorization: `Bearer ${token}`, Cookie: `PVEAuthCookie=${token}`, CSRFPreventionToken: token };
      const list = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'pve_list_nodes', arguments: {}, _meta: envelope({}) } };
      const before = requests.length;
      assert.equal((await ask(url, { ...foreign, 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call',
        'Mcp-Name': 'pve_list_nodes' }, list)).status, 200);
      assert.ok(requests.length > before, 'PVE was not asked');
      const sent = (pattern) => requests.filter((request) => pattern.test(request)).length;
      assert.ok(sent(/^GET /) > 4 && sent(/^POST .*\/snapshot\n/) === 2 && sent(/description.*by/) === 2, requests.join('\n\n'));
      for (const request of requests) {
        assert.ok(request.includes(`PVEAPIToken=${env.PVE_TOKEN_ID}=${env.PVE_TOKEN_SECRET}`), 'the server\'s own token');
        // Also not without its prefix, nor as base64.
        for (const form of [token, token.slice(4), btoa(token).replaceAll('=', ''), btoa(`caller:${token}`)])
          assert.ok(!request.includes(form), request);
        assert.doesNotMatch(request, /bearer|cookie|csrf/i);
      }
    }, env), (request) => requests.push(request));
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`forwarding: ${requests.length} requests to PVE, none with the caller's token`);
}

/** What is refused at the start: exit 2 and one sentence. */
async function refusals() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const file = join(folder, 'tokens.toml');
  writeFileSync(file, made('admin').text);
  const refused = (args, pattern, env) => {
    const { status, stdout, stderr } = ran(args, env);
    assert.equal(status, 2, `${args.join(' ')}: ${status} ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split('\n').filter((line) => line.includes(' error: ')).length, 1, stderr);
    if (env) assert.ok(!stderr.includes(env.PVE_TOKEN_SECRET), 'a secret in the log');
  };
  try {
    chmodSync(file, 0o622);
    refused(['--simulate', '--http', '127.0.0.1:0', '--http-tokens', file], /tokens\.toml/);
    chmodSync(file, 0o600);
    refused(['--simulate', '--http', '127.0.0.1:0', '--http-tokens', `${file}.not`], /tokens\.toml\.not/);
    refused(['--simulate', '--http', '0.0.0.0:0'], /Other machines can reach 0\.0\.0\.0:0.*--http-tokens/);
    refused(['--simulate', '--http', '0.0.0.0:0', '--http-no-auth'], /Other machines can reach/);
    refused(['--simulate', '--http', '127.0.0.1:0', '--http-no-auth', '--http-tokens', file], /--http-no-auth\).* together with .*--http-tokens/);
    refused(['--simulate', '--http', '127.0.0.1:0', '--http-issuer', 'http://issuer.example.com'], /https:\/\//);
    refused(['--simulate', '--http', '127.0.0.1:0', '--http-issuer', 'https://issuer.example.com'], /127\.0\.0\.1:0 .*--http-url/);
    await withSlowCluster(async (env) => {
      refused(['--http', '127.0.0.1:0'], /Every program on this machine.*--http-no-auth/, env);
      refused(['--http', '0.0.0.0:0', '--http-no-auth'], /Other machines can reach/, env);
      await withServer(['--debug', '--http-no-auth'], async (server) => {
        await withCaller('sdk2_auto', server.url, undefined, async (client) => {
          assert.match(await works(client, 'pve_list_nodes'), /^3 nodes/);
          await fails(client, 'pve_get_qemu_config', { vmid: 99999 }, /99999/);
        });
        // Names and pages of others are refused, whoever calls.
        assert.equal((await ask(server.url, { Origin: 'https://evil.example.com' })).status, 403);
        assert.ok(!server.log().includes(env.PVE_TOKEN_SECRET), 'a secret in the log');
      }, env);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log('refusals: each with its sentence; without authentication where that was said');
}

await main({ tokens, forwarding, refusals });
