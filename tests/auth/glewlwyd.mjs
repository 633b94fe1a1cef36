// A real authorization server, Debian's glewlwyd: issues JWT access tokens that our Authenticator must accept.
// Run `node glewlwyd.mjs path/to/test_auth`, or import startIssuer() for a server to work with.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const algorithms = { rs256: 'RS256', es256: 'ES256', eddsa: 'EdDSA' };
export const scopes = ['pve:read', 'pve:execute', 'pve:full'];
const schema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';
const kinds = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519', {}] };
const client = { id: 'mcp-client', secret: 'a-client-of-the-test', redirect: 'http://localhost:9/callback' };
const user = { username: 'alice', password: 'a-user-of-the-test' };

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// One private key for each algorithm.
function privateKeys() {
  const keys = Object.entries(kinds).map(([alg, [type, options]]) => {
    const { privateKey } = generateKeyPairSync(type, options);
    return { ...privateKey.export({ format: 'jwk' }), alg, kid: `key-${alg}`, use: 'sig' };
  });
  return keys;
}

const configuration = (port, folder) => `
port = ${port}
bind_address = "127.0.0.1"
external_url = "http://localhost:${port}"
login_url = "login.html"
api_prefix = "api"
log_mode = "file"
log_level = "WARNING"
log_file = "${folder}/log"
cookie_secure = 0
session_expiration = 3600
session_key = "SESSION"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = { type = "sqlite3" path = "${folder}/database" };
`;

// One issuer: a plugin instance whose tokens are signed with the key of `alg`, the first, and may be for `resource`.
const issuerParameters = (iss, alg, keys, resource) => ({
  iss,
  'jwks-private': JSON.stringify({ keys: keys.toSorted((a, b) => (b.alg === alg) - (a.alg === alg)) }),
  'jwt-type': 'rsa',
  'jwt-key-size': '256',
  'jwks-show': true,
  'access-token-duration': 3600,
  'refresh-token-duration': 3600,
  'code-duration': 600,
  'refresh-token-rolling': true,
  'auth-type-code-enabled': true,
  'auth-type-client-enabled': true,
  'auth-type-refresh-enabled': true,
  'allow-non-oidc': true,
  'pkce-allowed': true,
  'pkce-required': true,
  'oauth-as-iss-id': true,
  'subject-type': 'public',
  'resource-allowed': true,
  'resource-scope': Object.fromEntries(scopes.map((scope) => [scope, [resource, `${resource}-of-another`]])),
  'resource-client-property': '',
  'resource-scope-and-client-property': false,
});

// A caller of glewlwyd's own API with a session cookie.
function session(base) {
  let cookie = '';
  return async (method, path, body, expected = 200) => {
    const answer = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', cookie },
      body: body && JSON.stringify(body),
    });
    const set = answer.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0];
    assert.equal(answer.status, expected, `${method} ${path}: ${await answer.text()}`);
    return answer;
  };
}

async function configure(base, resource) {
  const admin = session(base);
  await admin('POST', '/auth/', { username: 'admin', password: 'password' });
  for (const name of scopes) await admin('POST', '/scope/', { name, display_name: name, password_required: false, scheme: {} });
  const keys = privateKeys();
  for (const [name, alg] of Object.entries(algorithms)) {
    await admin('POST', '/mod/plugin/', {
      module: 'oidc', name, display_name: name, enabled: true, readonly: false, order_rank: 0,
      parameters: issuerParameters(`${base}/${name}`, alg, keys, resource),
    });
  }
  await admin('POST', '/client/', {
    client_id: client.id, name: client.id, confidential: true, password: client.secret, client_secret: client.secret,
    scope: scopes, authorization_type: ['client_credentials', 'code', 'refresh_token'], redirect_uri: [client.redirect],
    token_endpoint_auth_method: ['client_secret_basic'], enabled: true,
  });
  await admin('POST', '/user/', { ...user, scope: ['openid', ...scopes], enabled: true });
}

// What the user's browser does with an authorization URL: logs in, consents, and is sent back; gives the callback's URL.
async function visit(base, url) {
  const browser = session(base);
  await browser('POST', '/auth/', user);
  await browser('PUT', `/auth/grant/${client.id}`, { scope: url.searchParams.get('scope') });
  const path = url.pathname.slice('/api'.length);
  const answer = await browser('GET', `${path}${url.search}&g_continue`, undefined, 302);
  return answer.headers.get('location');
}

async function token(issuer, form) {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams(form),
  });
  assert.equal(answer.status, 200, `${issuer}/token: ${await answer.clone().text()}`);
  return (await answer.json()).access_token;
}

/// Starts glewlwyd on a free port of this machine with three issuers that differ in how they sign, a client and a user.
/// issuers: { rs256, es256, eddsa } -> URL; clientToken() and userToken() give access tokens;
/// visit(url) is the user's agent; stop() ends it all.
export async function startIssuer(resource) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'glewlwyd-'));
  execFileSync('sqlite3', [join(folder, 'database')], { input: readFileSync(schema) });
  writeFileSync(join(folder, 'configuration'), configuration(port, folder));
  const process = spawn('glewlwyd', [`--config-file=${folder}/configuration`], { stdio: 'ignore' });
  const ended = new Promise((resolve) => process.once('exit', resolve));
  const stop = async () => {
    process.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
  const base = `http://localhost:${port}/api`;
  try {
    for (let left = 200; ; --left) {
      if (await fetch(`${base}/auth/`).then(() => true, () => false)) break;
      assert.ok(left > 0 && process.exitCode === null, 'glewlwyd does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await configure(base, resource);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    issuers: Object.fromEntries(Object.keys(algorithms).map((name) => [name, `${base}/${name}`])),
    client,
    user,
    stop,
    clientToken: (issuer, scope, wanted = resource) =>
      token(issuer, { grant_type: 'client_credentials', scope, resource: wanted }),
    visit: (url) => visit(base, url),
    // Logs in, consents, and exchanges the code with its verifier, as an MCP client and its user do.
    userToken: async (issuer, scope, wanted = resource) => {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        response_type: 'code', client_id: client.id, redirect_uri: client.redirect, scope, resource: wanted,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
        state: 'x',
      });
      const callback = await visit(base, new URL(`${issuer}/auth?${query}`));
      const code = new URL(callback).searchParams.get('code');
      assert.ok(code, callback);
      return token(issuer, {
        grant_type: 'authorization_code', code, redirect_uri: client.redirect, code_verifier: verifier, resource: wanted,
      });
    },
  };
}

async function main(testAuth) {
  const resource = 'https://mcp.example.com/mcp';
  const server = await startIssuer(resource);
  // The same Authenticator as in the server, with a real HTTP client.
  const check = (issuer, accessToken, expected, scope) => {
    const run = spawnSync(testAuth, ['--gtest_filter=RealIssuer.*', '--gtest_brief=1'], {
      encoding: 'utf8',
      env: { ...process.env, REAL_ISSUER: issuer, REAL_RESOURCE: resource, REAL_TOKEN: accessToken, REAL_RESULT: expected },
    });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.doesNotMatch(run.stdout, /SKIPPED/);
    console.log(`${issuer}: "${scope}" gives ${expected}`);
  };
  try {
    for (const [name, issuer] of Object.entries(server.issuers)) {
      const header = (text) => JSON.parse(Buffer.from(text.split('.')[0], 'base64url'));
      const ofClient = await server.clientToken(issuer, 'pve:read');
      assert.equal(header(ofClient).alg, algorithms[name]);
      check(issuer, ofClient, `${client.id}@localhost read-only`, 'pve:read');
      const ofUser = await server.userToken(issuer, 'pve:read pve:execute');
      check(issuer, ofUser, '@localhost read-execute', 'pve:read pve:execute');
      const foreign = await server.clientToken(issuer, 'pve:read', `${resource}-of-another`);
      check(issuer, foreign, `401 The token is for '${resource}-of-another'`, 'pve:read for another server');
    }
    const [one, other] = Object.values(server.issuers);
    check(other, await server.clientToken(one, 'pve:read'), '401 The token\'s iss is not', 'pve:read of another issuer');
  } finally {
    await server.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv[2]);
