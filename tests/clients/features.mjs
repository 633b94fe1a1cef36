// What the product offers beside its tools, to real clients of both eras over stdio and HTTP: resources, prompts,
// completion, progress, cancellation, subscriptions, log messages, and other settings while it runs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LoggingMessageNotificationSchema, PromptListChangedNotificationSchema, ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema, ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { main } from './programs.mjs';
import { Heard } from './heard.mjs';
import { callWith, isModern, kinds, withClient } from './product.mjs';
import { expectOffered, textOf, works } from './session.mjs';
import { withSlowCluster } from './slow_cluster.mjs';

const schemas = {
  'notifications/tools/list_changed': ToolListChangedNotificationSchema,
  'notifications/prompts/list_changed': PromptListChangedNotificationSchema,
  'notifications/resources/list_changed': ResourceListChangedNotificationSchema,
  'notifications/resources/updated': ResourceUpdatedNotificationSchema,
  'notifications/message': LoggingMessageNotificationSchema,
};

/** Tells `heard` of the notifications of this client. */
function listens(kind, heard) {
  return { prepare: (client) => {
    for (const [method, schema] of Object.entries(schemas))
      client.setNotificationHandler(kind === 'sdk1' ? schema : method, ({ params }) => heard.hear(method, params));
  } };
}

/** Subscribes in the way of the client's era; gives what ends it. */
async function subscribe(client, filter) {
  if (isModern(client)) {
    const subscription = await client.listen(filter);
    assert.deepEqual(subscription.honoredFilter, filter);
    return () => subscription.close();
  }
  for (const uri of filter.resourceSubscriptions ?? []) await client.subscribeResource({ uri });
  return async () => {
    for (const uri of filter.resourceSubscriptions ?? []) await client.unsubscribeResource({ uri });
  };
}

const objectOf = async (client, uri) => JSON.parse((await client.readResource({ uri })).contents[0].text);

async function resources(client) {
  const listed = (await client.listResources()).resources.map(({ uri }) => uri);
  assert.deepEqual(listed, ['pve://cluster/status', 'pve://cluster/resources', 'pve://api']);
  const templates = (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate);
  assert.ok(templates.includes('pve://guests/{vmid}/config') && templates.length === 7, templates.join());
  for (const uri of listed) {
    const { contents: [{ uri: read, mimeType, text }] } = await client.readResource({ uri });
    assert.deepEqual([read, mimeType], [uri, 'application/json']);
    assert.ok(JSON.parse(text), uri);
  }
  assert.equal((await objectOf(client, 'pve://guests/web01/status')).vmid, 100);
  assert.equal((await objectOf(client, 'pve://guests/100/config')).name, 'web01');
  assert.match((await objectOf(client, 'pve://nodes/pve1/status')).pveversion, /^pve-manager/);
  assert.ok((await objectOf(client, 'pve://storage/local/content')).length > 0);
  assert.ok(await objectOf(client, 'pve://api/nodes/{node}/status'));
  for (const uri of ['pve://guests/99999/status', 'pve://nodes/nowhere/status', 'pve://guests/../status', 'file:///etc/passwd'])
    await assert.rejects(client.readResource({ uri }), `${uri} was read`);
}

async function prompts(client) {
  const { prompts: listed } = await client.listPrompts();
  assert.equal(listed.length, 8);
  const textOfPrompt = async (name, args) =>
    (await client.getPrompt({ name, arguments: args })).messages.map(({ content }) => content.text ?? '').join('\n');
  // Its facts are those of this very moment.
  await works(client, 'pve_create_qemu_snapshot', { vmid: 100, snapname: 'justnow' });
  assert.match(await textOfPrompt('slow_guest', { guest: 'web01' }), /justnow/);
  assert.match(await textOfPrompt('triage_node', { node: 'pve1' }), /pve-manager/);
  assert.match(await textOfPrompt('backup_audit', {}), /vzdump|backup/);
  await assert.rejects(client.getPrompt({ name: 'slow_guest', arguments: { guest: '99999' } }), /99999/);
  await assert.rejects(client.getPrompt({ name: 'triage_node', arguments: {} }), /node/);
  await assert.rejects(client.getPrompt({ name: 'no_such_prompt', arguments: {} }), /no_such_prompt/);
}

async function completion(client) {
  const completed = async (ref, name, value) => (await client.complete({ ref, argument: { name, value } })).completion.values;
  const template = (uri) => ({ type: 'ref/resource', uri });
  const prompt = (name) => ({ type: 'ref/prompt', name });
  assert.deepEqual(await completed(template('pve://nodes/{node}/status'), 'node', ''), ['pve1', 'pve2', 'pve3']);
  assert.deepEqual(await completed(template('pve://storage/{storage}/content'), 'storage', 'local'), ['local', 'local-lvm']);
  const [first] = await completed(template('pve://guests/{vmid}/status'), 'vmid', 'web');
  assert.match(first, /^100\b/);
  const snapshots = template('pve://guests/{vmid}/snapshots/{snapname}');
  const { completion: found } = await client.complete({
    ref: snapshots, argument: { name: 'snapname', value: 'be' }, context: { arguments: { vmid: first } } });
  assert.deepEqual(found.values, ['before-upgrade']);
  // What is offered is also taken.
  assert.equal((await objectOf(client, `pve://guests/${encodeURIComponent(first)}/status`)).vmid, 100);
  assert.deepEqual(await completed(prompt('triage_node'), 'node', 'pve2'), ['pve2']);
  const [guest] = await completed(prompt('slow_guest'), 'guest', '100');
  assert.ok((await client.getPrompt({ name: 'slow_guest', arguments: { guest } })).messages.length > 0);
  assert.deepEqual(await completed(template('pve://nodes/{node}/status'), 'node', 'nowhere'), []);
  const optional = [['backup_audit', 'pool', 'prod', 'production'], ['security_review', 'user', 'oper', 'operator@pve'],
    ['capacity_report', 'node', 'pve3', 'pve3'], ['restore_drill', 'storage', 'na', 'nas']];
  for (const [name, argument, typed, value] of optional)
    assert.deepEqual(await completed(prompt(name), argument, typed), [value], name);
  const { messages: [{ content: { text } }] } = await client.getPrompt({ name: 'backup_audit', arguments: { pool: 'production' } });
  assert.match(text, /Scope: production\.[^]*filter=pool=production/);
  await assert.rejects(completed(prompt('no_such_prompt'), 'node', ''));
}

const backup = { name: 'pve_run_backup', arguments: { node: 'pve1', vmid: '100', storage: 'nas' } };

async function progress(client) {
  const told = [];
  // The libraries forget whom to tell once a call is answered, and call what still comes an error.
  const errors = [];
  const { onerror } = client;
  client.onerror = (error) => { errors.push(error.message); onerror(error); };
  const result = await callWith(client, backup, { onprogress: (each) => told.push(each) });
  assert.ok(!result.isError, textOf(result));
  const atEnd = told.length;
  const grows = told.every((each, i) => i === 0 || each.progress > told[i - 1].progress);
  assert.ok(atEnd > 1 && grows, JSON.stringify(told));
  const shares = told.filter(({ total, message }) => total === 100 && /\d+% \(\S+ GiB of 32\.0 GiB\)/.test(message));
  assert.ok(shares.length > 0 && shares.every(({ progress: share }) => share < 100), JSON.stringify(told));
  await works(client, 'pve_list_nodes');
  assert.equal(told.length, atEnd, 'progress after the result');
  assert.deepEqual(errors.filter((message) => /unknown token/.test(message)), [], 'progress after the result');
}

/** The call ends for its client, and PVE's task goes on. */
async function cancellation(client) {
  const abort = new AbortController();
  let answered = false;
  const started = Promise.withResolvers();
  const call = callWith(client, { name: 'pve_run_backup', arguments: { node: 'pve1', all: true, storage: 'nas' } },
    { signal: abort.signal, onprogress: () => started.resolve() });
  const refused = assert.rejects(call.then(() => { answered = true; }));
  await started.promise;
  abort.abort('enough');
  await refused;
  const active = await works(client, 'pve_list_tasks', { node: 'pve1', source: 'active' });
  const upid = active.match(/UPID:pve1:\S*?:vzdump:[^|\s]*/)?.[0];
  assert.ok(upid, active);
  assert.match(await works(client, 'pve_get_task_status', { upid, wait: 10 }), /stopped/);
  assert.ok(!answered);
}

async function subscriptions(client, heard) {
  const uri = 'pve://guests/118/status';
  const update = `notifications/resources/updated ${uri}`;
  const leave = await subscribe(client, { resourceSubscriptions: [uri] });
  assert.equal((await objectOf(client, uri)).status, 'stopped');
  await works(client, 'pve_start_qemu_vm', { vmid: 118 });
  await heard.until(update, 1, 12_000);
  assert.equal((await objectOf(client, uri)).status, 'running');
  await leave();
}

async function logMessages(client, heard) {
  const call = (vmid, level) => client.callTool({
    name: 'pve_start_qemu_vm', arguments: { vmid },
    ...(isModern(client) && level && { _meta: { 'io.modelcontextprotocol/logLevel': level } }),
  });
  if (!isModern(client)) await client.setLoggingLevel('error');
  await call(105);
  await works(client, 'pve_list_nodes');
  assert.equal(heard.count('notifications/message'), 0);
  if (!isModern(client)) await client.setLoggingLevel('info');
  await call(109, 'info');
  await heard.until('notifications/message', 1);
  const { level, logger, data } = heard.last('notifications/message');
  assert.deepEqual([level, logger], ['info', 'mcp-pve']);
  assert.match(data, /UPID:.*:qmstart:109:/);
  if (!isModern(client)) await assert.rejects(client.setLoggingLevel('loud'));
}

/** Another tier in the file counts from the next SIGHUP on, and a broken file changes nothing. */
async function reloading(kind, transport) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const file = join(folder, 'config.toml');
  const heard = new Heard();
  const lists = ['tools', 'prompts', 'resources'].map((list) => `notifications/${list}/list_changed`);
  const changed = async (times) => {
    for (const list of lists) await heard.until(list, times);
    for (const list of lists) assert.equal(heard.count(list), times, list);
  };
  writeFileSync(file, 'access_tier = "full"\n');
  try {
    await withClient(kind, transport, ['--simulate', '--config', file], async (client, { reload, said }) => {
      const listsOf = (tier) => expectOffered(client, '--access-tier', tier);
      await listsOf('full');
      const leave = await subscribe(client,
        { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true });
      writeFileSync(file, 'access_tier = "read-only"\n');
      reload();
      await changed(1);
      await listsOf('read-only');
      const refused = await client.callTool({ name: 'pve_start_qemu_vm', arguments: { vmid: 118 } }).catch((error) => error);
      assert.match(refused.message ?? textOf(refused), /pve_start_qemu_vm|tier/);
      assert.ok(refused.isError || refused instanceof Error);
      if (said) {
        writeFileSync(file, 'access_tier = "everything"\n');
        reload();
        await said(/tier, categories and tools are unchanged: .*everything/);
        await listsOf('read-only');
        await changed(1);
      }
      writeFileSync(file, 'access_tier = "read-execute"\n');
      reload();
      await changed(2);
      await listsOf('read-execute');
      await leave();
    }, listens(kind, heard));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function all(kind, transport) {
  const heard = new Heard();
  const label = `${kind}, ${transport}`;
  const simulated = ['--simulate'];
  await withClient(kind, transport, simulated, async (client) => {
    for (const each of [resources, prompts, completion, cancellation]) {
      await each(client);
      console.log(`${label}: ${each.name}`);
    }
    for (const each of [subscriptions, logMessages]) {
      await each(client, heard);
      console.log(`${label}: ${each.name}`);
    }
  }, listens(kind, heard));
  await reloading(kind, transport);
  console.log(`${label}: reload`);
  await withSlowCluster((env) =>
    withClient(kind, transport, transport === 'http' ? ['--http-no-auth'] : [], progress, { env }));
  console.log(`${label}: progress`);
}

const programs = {};
for (const kind of Object.keys(kinds))
  for (const transport of ['stdio', 'http']) programs[`${kind}_${transport}`] = () => all(kind, transport);
await main(programs);
