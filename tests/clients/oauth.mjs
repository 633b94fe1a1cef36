// The official clients' own OAuth flow against the product and a real authorization server (Debian's glewlwyd): discovery
// from the 401, code and PKCE by a user agent that logs in and consents, and what tokens may that are for others or for less.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { UnauthorizedError as Unauthorized2 } from '@modelcontextprotocol/client';
import { UnauthorizedError as Unauthorized1 } from '@modelcontextprotocol/sdk/client/auth.js';
import { startIssuer } from '../auth/glewlwyd.mjs';
import { freePort, kinds, makeClient, withServer } from './product.mjs';
import { main } from './programs.mjs';
import { RawHttp, envelope } from './raw.mjs';
import { textOf, works } from './session.mjs';

/** What a client keeps of its authorization, and the user's agent. */
class Provider {
  #tokens;
  #verifier;
  #discovered;
  visited = [];
  redirectUrl;

  constructor(issuer, mayRefresh) {
    this.issuer = issuer;
    this.mayRefresh = mayRefresh;
    this.redirectUrl = issuer.client.redirect;
    this.clientMetadata = { client_name: 'test', redirect_uris: [this.redirectUrl] };
  }

  clientInformation = () => ({ client_id: this.issuer.client.id, client_secret: this.issuer.client.secret });
  state = () => 'of-the-test';
  tokens = () => this.#tokens;
  saveTokens = ({ refresh_token: refresh, ...tokens }) => {
    this.#tokens = { ...tokens, ...(this.mayRefresh && { refresh_token: refresh }) };
  };
  saveCodeVerifier = (verifier) => { this.#verifier = verifier; };
  codeVerifier = () => this.#verifier;
  saveDiscoveryState = (state) => { this.#discovered = state; };
  discoveryState = () => this.#discovered;
  redirectToAuthorization = async (url) => {
    this.visited.push(url);
    this.callback = await this.issuer.visit(url);
  };
}

/** Runs `use` until it works, with a visit to the authorization server whenever the client wants one. */
async function authorizing(kind, url, provider, use) {
  for (let round = 0; ; ++round) {
    const transport = new kinds[kind].transports.http(new URL(url), { authProvider: provider });
    const client = makeClient(kind);
    try {
      await client.connect(transport);
      return await use(client);
    } catch (error) {
      const unauthorized = [error, error.cause].some((each) => each instanceof Unauthorized1 || each instanceof Unauthorized2);
      assert.ok(unauthorized && round < 4, error.stack);
      const answer = new URL(provider.callback).searchParams;
      assert.equal(answer.get('state'), 'of-the-test');
      await transport.finishAuth(kind === 'sdk1' ? answer.get('code') : answer);
    } finally {
      await client.close();
    }
  }
}

/** The challenge's parameters. */
const challengeOf = (response) =>
  Object.fromEntries([...(response.headers.get('www-authenticate') ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));

/** The answer is the challenge of a token without the scope. */
async function refusedFor(scope, response) {
  assert.equal(response.status, 403, await response.text());
  const challenge = challengeOf(response);
  assert.equal(challenge.error, 'insufficient_scope');
  assert.ok(challenge.scope.split(' ').includes(scope), challenge.scope);
  assert.ok(challenge.resource_metadata);
}

const call = (name, args) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call',
  params: { name, arguments: args, _meta: envelope({}) } });

const post = (url, token, message) => fetch(url, { method: 'POST', body: JSON.stringify(message), headers: {
  'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': message.method, 'Mcp-Name': message.params.name ?? message.params.taskId, ...(token && { Authorization: `Bearer ${token}` }) } });

/** Runs `use(url, issuer, issuerUrl, server)` with an authorization server and the product that trusts it. */
async function withBoth(use, ...args) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const issuer = await startIssuer(url);
  const secrets = [issuer.client.secret, issuer.user.password];
  try {
    await withServer(['--simulate', '--debug', '--http-issuer', issuer.issuers.rs256, ...args], async (server) => {
      assert.equal(server.url, url);
      secrets.push(...await use(url, issuer, issuer.issuers.rs256, server));
      for (const secret of secrets) assert.ok(!server.log().includes(secret), 'a secret in the log');
    }, {}, port);
  } finally {
    await issuer.stop();
  }
}

/** From knowing nothing but the URL to listing and calling tools; more scopes where a call needs them. */
const flow = (kind) => () => withBoth(async (url, issuer, issuerUrl) => {
  // SDK 1.x would refresh its token where it needs one for more.
  const provider = new Provider(issuer, kind !== 'sdk1');
  await authorizing(kind, url, provider, async (client) => {
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assert.ok(names.includes('pve_list_nodes'));
    assert.match(await works(client, 'pve_list_nodes'), /^3 nodes/);
  });
  const [first] = provider.visited;
  assert.equal(first.origin + first.pathname, `${issuerUrl}/auth`);
  assert.equal(first.searchParams.get('resource'), url);
  assert.equal(first.searchParams.get('code_challenge_method'), 'S256');
  assert.ok(first.searchParams.get('code_challenge'));
  const before = provider.tokens().access_token;
  // No more than the first calls need; what else there is, the client asks for when a call needs it.
  const scopes = (visited) => visited.searchParams.get('scope').split(' ');
  assert.deepEqual(scopes(first), ['pve:read']);
  assert.equal(provider.visited.length, 1);
  await authorizing(kind, url, provider, async (client) => {
    assert.match(await works(client, 'pve_start_qemu_vm', { vmid: 118 }), /VM 118.* started/);
  });
  assert.equal(provider.visited.length, 2);
  const more = scopes(provider.visited[1]);
  assert.ok(more.includes('pve:execute') && !more.includes('pve:full'), `${more}`);
  assert.notEqual(provider.tokens().access_token, before);
  console.log(`${kind}: scope "${scopes(first)}", then "${more}"`);
  return [before, provider.tokens().access_token];
});

/** The task that a user began is shown by their token for less, and stopped by that for more alone. */
async function stopsItsTask(url, user, less) {
  const withTasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
  const ask = (token, method, params) => post(url, token,
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope(withTasks) } });
  const begun = await ask(user, 'tools/call', { name: 'pve_run_backup', arguments: { node: 'pve1', vmid: '100' } });
  const { result } = await begun.json();
  assert.equal(result.resultType, 'task', JSON.stringify(result));
  const { taskId } = result;
  assert.equal((await (await ask(less, 'tasks/get', { taskId })).json()).result.status, 'working');
  await refusedFor('pve:execute', await ask(less, 'tasks/cancel', { taskId }));
  assert.equal((await (await ask(user, 'tasks/cancel', { taskId })).json()).result.resultType, 'complete');
}

/** Tokens that are for another endpoint, of another issuer, or for less than the call needs. */
const tokens = () => withBoth(async (url, issuer, issuerUrl) => {
  const reader = await issuer.clientToken(issuerUrl, 'pve:read');
  const user = await issuer.userToken(issuerUrl, 'pve:read pve:execute pve:full');
  const foreign = await issuer.clientToken(issuerUrl, 'pve:full', `${url}-of-another`);
  const other = await issuer.clientToken(issuer.issuers.es256, 'pve:full');
  const list = call('pve_list_nodes', {});
  const start = call('pve_start_qemu_vm', { vmid: 118 });

  const unknown = await post(url, undefined, list);
  assert.equal(unknown.status, 401);
  const metadata = await fetch(challengeOf(unknown).resource_metadata).then((response) => response.json());
  assert.equal(metadata.resource, url);
  assert.deepEqual(metadata.authorization_servers, [issuerUrl]);
  assert.deepEqual(metadata.scopes_supported, ['pve:read', 'pve:execute', 'pve:full']);

  for (const [what, token] of Object.entries({ foreign, other, forged: `${reader.slice(0, -8)}AAAAAAAA` })) {
    const response = await post(url, token, list);
    assert.equal(response.status, 401, what);
    assert.equal(challengeOf(response).error, 'invalid_token', what);
  }
  assert.equal((await post(url, reader, list)).status, 200);
  for (const [message, scope] of [[start, 'pve:execute'], [call('pve_delete_qemu_vm', { vmid: 118 }), 'pve:full']]) {
    await refusedFor(scope, await post(url, reader, message));
  }
  assert.match(textOf((await (await post(url, user, start)).json()).result), /VM 118.* started/);
  const less = await issuer.userToken(issuerUrl, 'pve:read');
  await stopsItsTask(url, user, less);
  console.log('tokens: for this endpoint and this issuer only, and for what their scopes say');
  return [reader, user, less, foreign, other];
});

/** A session of the legacy era is held to the same. */
const legacy = () => withBoth(async (url, issuer, issuerUrl) => {
  const reader = await issuer.clientToken(issuerUrl, 'pve:read');
  const client = makeClient('sdk1');
  await client.connect(new kinds.sdk1.transports.http(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${reader}` } } }));
  const { tools } = await client.listTools();
  console.log(`legacy: a reader is shown ${tools.length} tools`);
  await works(client, 'pve_list_nodes');
  await assert.rejects(works(client, 'pve_start_qemu_vm', { vmid: 118 }));
  assert.match(await works(client, 'pve_get_qemu_status', { vmid: 118 }), /stopped/);
  await client.close();
  return [reader];
});

if (spawnSync('glewlwyd', ['--version']).error) {
  console.log('Skipped: glewlwyd, the authorization server, is not installed; script/test installs it.');
  process.exit(77);
}
await main({ flow_sdk2: flow('sdk2_auto'), flow_sdk2_legacy: flow('sdk2_legacy'), flow_sdk1: flow('sdk1'), tokens, legacy });
