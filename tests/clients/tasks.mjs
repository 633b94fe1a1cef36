// PVE's tasks as MCP tasks: of revision 2025-11-25 by SDK 1.x, and of the extension of 2026-07-28, for which no library has
// calls, by requests of our own. Over stdio and HTTP, on a cluster whose backups take seconds.
import assert from 'node:assert/strict';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { main } from './programs.mjs';
import { Heard } from './heard.mjs';
import { withClient, withServer } from './product.mjs';
import { RawHttp, RawStdio, envelope } from './raw.mjs';
import { binary, environment, textOf, works } from './session.mjs';
import { withSlowCluster } from './slow_cluster.mjs';

const backup = { name: 'pve_run_backup', arguments: { node: 'pve1', vmid: '100', storage: 'nas' } };
// Unlike a backup, which says "job errors", it says when it was stopped.
const reboot = { name: 'pve_reboot_qemu_vm', arguments: { vmid: 101 } };
const terminal = ['completed', 'failed', 'cancelled'];
const flags = (transport) => (transport === 'http' ? ['--http-no-auth'] : []);

/** The states of a task up to its last. */
async function statesOf(task, get) {
  const states = [task];
  const deadline = Date.now() + 60_000;
  while (!terminal.includes(states.at(-1).status)) {
    assert.ok(Date.now() < deadline, JSON.stringify(states.at(-1)));
    const { pollInterval, pollIntervalMs = pollInterval } = states.at(-1);
    await new Promise((resolve) => setTimeout(resolve, Math.min(pollIntervalMs ?? 500, 2000)));
    states.push(await get(task.taskId));
  }
  return states;
}

const legacy = (transport, env) => withClient('sdk1', transport, flags(transport), async (client) => {
  const tasks = client.experimental.tasks;
  const support = (await client.listTools()).tools.find(({ name }) => name === backup.name).execution?.taskSupport;
  assert.equal(support, 'optional');
  const begin = async (call) => {
    const stream = tasks.callToolStream(call, undefined, { task: { ttl: 60_000 } });
    const { type, task } = (await stream.next()).value;
    assert.equal(type, 'taskCreated');
    return { task, stream };
  };
  const { task, stream } = await begin(backup);
  const states = await statesOf(task, (id) => tasks.getTask(id));
  assert.equal(states[0].status, 'working');
  assert.equal(states.at(-1).status, 'completed');
  let last;
  for await (const message of stream) last = message;
  assert.match(textOf(last.result), /^The backup on pve1 completed/);

  const other = await begin(reboot);
  assert.equal((await tasks.cancelTask(other.task.taskId)).status, 'cancelled');
  assert.equal((await statesOf({ taskId: other.task.taskId }, (id) => tasks.getTask(id))).at(-1).status, 'cancelled');
  await assert.rejects(tasks.cancelTask(other.task.taskId), /-32602/);
  await assert.rejects(tasks.getTask('of-nobody'), /-32602/);
  // It may not have ended yet.
  assert.match(await works(client, 'pve_list_tasks', { node: 'pve2', source: 'all' }), /:qmreboot:101:/);
  await logFollowed(client, (await begin(backup)).stream);
}, { env });

/** Who subscribed to the log of a task is told when it grows, and of its end. */
async function logFollowed(client, stream) {
  const heard = new Heard();
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ method, params }) => heard.hear(method, params));
  const active = await works(client, 'pve_list_tasks', { node: 'pve1', source: 'active' });
  const [upid] = active.match(/UPID:pve1:\S*?:vzdump:[^|\s]*/) ?? assert.fail(active);
  const uri = `pve://tasks/${upid}/log`;
  const read = async () => (await client.readResource({ uri })).contents[0].text;
  await client.subscribeResource({ uri });
  let text = await read();
  assert.doesNotMatch(text, /TASK OK/);
  for (let seen = 0; !/TASK OK/.test(text); text = await read()) {
    await heard.until(`notifications/resources/updated ${uri}`, seen + 1, 20_000);
    seen = heard.count(`notifications/resources/updated ${uri}`);
  }
  await client.unsubscribeResource({ uri });
  for await (const message of stream) assert.notEqual(message.type, 'error', JSON.stringify(message));
}

async function modern(raw) {
  const meta = envelope({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
  const ask = async (method, params) => {
    const { result, error } = await raw.request(method, { ...params, _meta: meta });
    assert.ok(!error, `${method}: ${JSON.stringify(error)}`);
    return result;
  };
  await listened(raw, ask, meta);
  const created = await ask('tools/call', backup);
  assert.equal(created.resultType, 'task', JSON.stringify(created));
  assert.equal(created.status, 'working');
  const states = await statesOf(created, (taskId) => ask('tasks/get', { taskId }));
  assert.equal(states.at(-1).status, 'completed');
  assert.match(textOf(states.at(-1).result), /^The backup on pve1 completed/);

  const { taskId } = await ask('tools/call', reboot);
  assert.equal((await ask('tasks/cancel', { taskId })).resultType, 'complete');
  const ended = (await statesOf({ taskId }, (id) => ask('tasks/get', { taskId: id }))).at(-1);
  assert.equal(ended.status, 'cancelled', JSON.stringify(ended));
  // Who does not declare the extension gets results only.
  const refused = await raw.request('tasks/get', { taskId, _meta: envelope({}) });
  assert.equal(refused.error?.code, -32021, JSON.stringify(refused));
  const plain = await raw.request('tools/call', { name: 'pve_start_qemu_vm', arguments: { vmid: 118 }, _meta: envelope({}) });
  assert.equal(plain.result.resultType, 'complete');
  await raw.close();
}

/** Who listens to a task is told of its end, with its result, without asking. */
async function listened(raw, ask, meta) {
  const { taskId } = await ask('tools/call', backup);
  const heard = new Heard();
  const told = [];
  raw.hear = (method, params) => {
    if (method === 'notifications/tasks') told.push(params);
    heard.hear(method, params);
  };
  // It is answered when the server ends or the client has gone.
  raw.request('subscriptions/listen', { notifications: { taskIds: [taskId, 'of-nobody'] }, _meta: meta }).catch(() => {});
  await heard.until('notifications/subscriptions/acknowledged', 1);
  const acknowledged = heard.last('notifications/subscriptions/acknowledged');
  assert.deepEqual(acknowledged.notifications, { taskIds: [taskId] });
  while (told.at(-1)?.status !== 'completed') await heard.until('notifications/tasks', told.length + 1, 30_000);
  assert.ok(told.every((each) => each.taskId === taskId), JSON.stringify(told));
  const key = 'io.modelcontextprotocol/subscriptionId';
  assert.ok(acknowledged._meta[key] !== undefined);
  assert.ok(told.every(({ _meta: of }) => of[key] === acknowledged._meta[key]), JSON.stringify(told));
  assert.match(textOf(told.at(-1).result), /^The backup on pve1 completed/);
}

const programs = {};
for (const transport of ['stdio', 'http']) {
  programs[`legacy_${transport}`] = () => withSlowCluster((env) => legacy(transport, env));
  programs[`modern_${transport}`] = () => withSlowCluster((env) => (transport === 'http'
    ? withServer(flags(transport), ({ url }) => modern(new RawHttp(url)), env)
    : modern(new RawStdio(binary, [], { ...environment, ...env }))));
}
await main(programs);
