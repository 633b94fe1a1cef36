// Two replicas behind a real proxy (haproxy, round-robin) are one server to clients of 2026-07-28: what one handed
// out the other honours, also after the first was killed. MCP_PVE and FIXTURE_SERVER name the binaries. Prints which
// replica served what.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { freePort, urlOf, withProcesses } from './processes.mjs';
import { envelope } from './raw.mjs';
import { binary, environment, expectOffered, textOf } from './session.mjs';

const fixture = process.env.FIXTURE_SERVER;
assert.ok(fixture, 'FIXTURE_SERVER must name the fixture server');
const haproxy = process.env.HAPROXY ?? '/usr/sbin/haproxy';
/** The name by which clients call; only the proxy knows where it is. */
const publicName = 'mcp.example.net';

const configuration = (port, host, replicas) => `
global
  maxconn 200
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch
frontend mcp
  bind 127.0.0.1:${port}
  # Clients of this test call the proxy by its address, those of the world by a name.
  http-request set-header Host ${host}
  http-response set-header X-Replica %s
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /health
  default-server check inter 300ms rise 1 fall 1
${Object.entries(replicas).map(([name, url]) => `  server ${name} ${new URL(url).host}`).join('\n')}
`;

/** The URL of a proxy that calls these by the name `host`; it answers when this returns. */
async function proxy(start, folder, host, replicas) {
  const port = await freePort();
  const file = join(folder, `haproxy-${port}.cfg`);
  writeFileSync(file, configuration(port, host, replicas));
  const running = start(haproxy, ['-db', '-f', file]);
  const url = `http://127.0.0.1:${port}/mcp`;
  for (const end = Date.now() + 10_000; ; await new Promise(setImmediate)) {
    assert.ok(running.running && Date.now() < end, `haproxy does not serve: ${running.said.join('\n')}`);
    const response = await fetch(new URL('/health', url)).catch(() => undefined);
    await response?.text();
    if (response?.ok) return url;
  }
}

/** What was served by whom. */
class Journal {
  #counts = {};
  last;

  note(replica, what) {
    this.#counts[replica] = (this.#counts[replica] ?? 0) + 1;
    this.last = replica;
    console.log(`  ${replica}  ${what}`);
    return replica;
  }

  /** Each of these served something. */
  assertServed(...replicas) {
    for (const replica of replicas) assert.ok(this.#counts[replica] > 0, `${replica} served nothing`);
  }
}

let last = 0;

/** One request, and who answered it. */
async function ask(url, headers, journal, method, params, capabilities = {}) {
  const name = params.name ?? params.uri ?? params.taskId;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': method,
      // What a header cannot hold travels encoded.
      ...(name && { 'Mcp-Name': /^[\x21-\x7e]+$/.test(name) ? name : `=?base64?${Buffer.from(name).toString('base64')}?=` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++last, method, params: { ...params, _meta: envelope(capabilities) } }),
  });
  const message = await response.json();
  const replica = journal.note(response.headers.get('x-replica'), `${method} ${params.name ?? ''}`);
  return { replica, status: response.status, ...message };
}

/** Asks the replica named `wanted`: the proxy takes turns, so a discovery that is its turn goes before. */
async function askOf(wanted, url, headers, journal, ...request) {
  if (journal.last === wanted) await ask(url, headers, journal, 'server/discover', {});
  const answer = await ask(url, headers, journal, ...request);
  assert.equal(answer.replica, wanted);
  return answer;
}

const other = { one: 'two', two: 'one' };

/** A client of SDK 2.x as an assistant uses it. */
async function lists(url, headers, journal) {
  const client = new Client({ name: 'test-replicas', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: {} });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      journal.note(response.headers.get('x-replica'), `${new Headers(init.headers).get('mcp-method')} (SDK 2.x)`);
      return response;
    },
  });
  await client.connect(transport);
  await expectOffered(client);
  assert.ok((await client.listPrompts()).prompts.length > 0);
  const { resources } = await client.listResources();
  assert.ok((await client.listResourceTemplates()).resourceTemplates.length > 0);
  // An odd number of requests, so that the second time each goes to the other replica.
  for (let turn = 0; turn < 2; ++turn) {
    assert.ok((await client.readResource({ uri: resources[0].uri })).contents.length > 0);
    const { completion } = await client.complete(
      { ref: { type: 'ref/prompt', name: 'triage_node' }, argument: { name: 'node', value: 'pve' } });
    assert.deepEqual(completion.values, ['pve1', 'pve2', 'pve3']);
    assert.match(textOf(await client.callTool({ name: 'pve_list_nodes', arguments: {} })), /^3 nodes/);
  }
  await client.close();
  for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
    const answers = [await ask(url, headers, journal, method, {}), await ask(url, headers, journal, method, {})];
    assert.notEqual(answers[0].replica, answers[1].replica);
    assert.deepEqual(answers[0].result, answers[1].result, `${method} is the same on both, in the same order`);
  }
}

const withTasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const migrate = (vmid) =>
  ({ name: 'pve_migrate_qemu_vm', arguments: { vmid, target: 'pve2', 'with-local-disks': true } });
const backup = (vmid) => ({ name: 'pve_run_backup', arguments: { node: 'pve1', vmid: String(vmid) } });

/** Tasks begun by one replica and asked, cancelled, ended at the other; `kill(replica)` ends one for good. */
async function tasks(url, headers, journal, kill) {
  const rights = [url, headers, journal];
  const begin = async (call) => {
    const { result, error, replica } = await ask(...rights, 'tools/call', call, withTasks);
    assert.equal(result?.resultType, 'task', JSON.stringify(result ?? error));
    return { taskId: result.taskId, replica };
  };
  const running = textOf((await ask(...rights, 'tools/call',
    { name: 'pve_list_qemu_vms', arguments: { node: 'pve1', filter: 'status=running' } })).result);
  const guests = running.split('\n').map((line) => Number(line.match(/^(\d{3,})\|/)?.[1])).filter(Boolean);
  assert.ok(guests.length >= 2, running);

  const stopped = await begin(migrate(guests[0]));
  const seen = await askOf(other[stopped.replica], ...rights, 'tasks/get', { taskId: stopped.taskId }, withTasks);
  assert.equal(seen.result.status, 'working', JSON.stringify(seen));
  const cancelled = await askOf(other[stopped.replica], ...rights, 'tasks/cancel', { taskId: stopped.taskId }, withTasks);
  assert.equal(cancelled.result?.resultType, 'complete', JSON.stringify(cancelled));
  const changed = `${stopped.taskId.slice(0, -1)}${stopped.taskId.endsWith('A') ? 'B' : 'A'}`;
  for (let turn = 0; turn < 2; ++turn) {
    const { error } = await ask(...rights, 'tasks/get', { taskId: changed }, withTasks);
    assert.equal(error?.code, -32602, JSON.stringify(error));
  }

  const survivor = await begin(backup(guests[1]));
  await kill(survivor.replica);
  console.log(`  ${survivor.replica}  killed; it had begun the task`);
  const state = async ({ taskId }) => {
    // Every one of these must be answered, although half of the replicas is gone.
    const { result, replica, error } = await ask(...rights, 'tasks/get', { taskId }, withTasks);
    assert.equal(replica, other[survivor.replica]);
    assert.ok(result, JSON.stringify(error));
    return result;
  };
  const settled = async (task) => {
    for (const end = Date.now() + 90_000; ; await new Promise((wake) => setTimeout(wake, 500))) {
      const result = await state(task);
      if (result.status !== 'working') return result;
      assert.ok(Date.now() < end, JSON.stringify(result));
    }
  };
  assert.equal((await settled(stopped)).status, 'cancelled');
  const done = await settled(survivor);
  assert.equal(done.status, 'completed');
  assert.ok(!done.result.isError, textOf(done.result));
  console.log(`  result: ${textOf(done.result).split('\n')[0]}`);
}

async function product() {
  await withProcesses(async (start, folder) => {
    const simulator = start(binary, ['simulate', '--listen', '127.0.0.1:0']);
    const settings = {};
    await simulator.until((line) => {
      const match = line.match(/(PVE_\w+)='([^']*)'/);
      if (match) settings[match[1]] = match[2];
      return settings.PVE_FINGERPRINT;
    });
    const made = spawnSync(binary, ['token', 'alice', '--tier', 'full'], { env: environment, encoding: 'utf8' });
    const tokens = join(folder, 'tokens.toml');
    writeFileSync(tokens, made.stdout);
    chmodSync(tokens, 0o600);
    const headers = { Authorization: `Bearer ${made.stderr.match(/^pve_.*$/m)[0]}` };
    const shared = { ...settings, PVE_STATE_KEY: randomBytes(32).toString('hex') };
    const serve = async () => start(binary,
      ['--http', `127.0.0.1:${await freePort()}`, '--http-tokens', tokens, '--http-hosts', publicName], shared);
    const replicas = { one: await serve(), two: await serve() };
    const urls = { one: await urlOf(replicas.one), two: await urlOf(replicas.two) };
    const url = await proxy(start, folder, publicName, urls);
    const journal = new Journal();
    console.log(`mcp-pve: one is ${urls.one}, two is ${urls.two}, the proxy ${url}`);
    const stranger = await ask(url, {}, journal, 'tools/list', {});
    assert.equal(stranger.status, 401);
    await lists(url, headers, journal);
    journal.assertServed('one', 'two');
    await tasks(url, headers, journal, (name) => replicas[name].kill('SIGKILL'));
  });
}

/** A question asked by one replica and its answer taken up by the other. */
async function questions() {
  await withProcesses(async (start, folder) => {
    const serve = () => start(fixture, ['--http', '127.0.0.1:0', '--state-key', 'shared']);
    const replicas = { one: serve(), two: serve() };
    const urls = { one: await urlOf(replicas.one), two: await urlOf(replicas.two) };
    const url = await proxy(start, folder, 'localhost', urls);
    console.log(`fixture: one is ${urls.one}, two is ${urls.two}, the proxy ${url}`);
    const journal = new Journal();
    const capabilities = { elicitation: {} };
    const call = (more) => ['tools/call', { name: 'delete_thing_twice_asked', arguments: { name: 'web01' }, ...more }, capabilities];
    let round = await ask(url, {}, journal, ...call());
    const askers = [round.replica];
    while (round.result.resultType === 'input_required') {
      const [key] = Object.keys(round.result.inputRequests);
      const answered = { inputResponses: { [key]: { action: 'accept', content: { confirm: true } } },
                         requestState: round.result.requestState };
      round = await askOf(other[round.replica], url, {}, journal, ...call(answered));
      assert.ok(round.result, JSON.stringify(round.error));
      askers.push(round.replica);
      assert.ok(askers.length < 6);
    }
    assert.equal(round.result.content[0].text, 'Deleted web01 with its backups.');
    assert.equal(askers.length, 3);
    journal.assertServed('one', 'two');
    console.log(`  ${askers.join(' -> ')}: ${round.result.content[0].text}`);
  });
}

await product();
await questions();
