// What real clients hear of changes, and tasks of revision 2025-11-25, on the fixture server (FIXTURE_SERVER).
import assert from 'node:assert/strict';
import { Client as Client2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import {
  ElicitRequestSchema, PromptListChangedNotificationSchema, ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { main, withTransport } from './fixture.mjs';
import { Heard } from './heard.mjs';

const watched = 'test://watched-resource';
const schemas = {
  'notifications/tools/list_changed': ToolListChangedNotificationSchema,
  'notifications/prompts/list_changed': PromptListChangedNotificationSchema,
  'notifications/resources/updated': ResourceUpdatedNotificationSchema,
};

const act = (client, name) => client.callTool({ name, arguments: {} });

/** Each kind of change is heard; after `leave()` the resource is heard of no more, though others may be. */
async function changes(client, heard, leave) {
  const before = (await client.listTools()).tools.length;
  await act(client, 'test_trigger_tool_change');
  await heard.until('notifications/tools/list_changed', 1);
  assert.notEqual((await client.listTools()).tools.length, before);
  await act(client, 'test_trigger_prompt_change');
  await heard.until('notifications/prompts/list_changed', 1);
  const update = `notifications/resources/updated ${watched}`;
  await act(client, 'test_trigger_resource_change');
  await heard.until(update, 1);
  await leave();
  await act(client, 'test_trigger_resource_change');
  await act(client, 'test_trigger_tool_change');
  await client.listTools();
  assert.equal(heard.count(update), 1);
}

async function sdk1(transport) {
  const client = new Client1({ name: 'test-sdk1', version: '1' }, { capabilities: {} });
  const heard = new Heard();
  for (const [method, schema] of Object.entries(schemas))
    client.setNotificationHandler(schema, ({ params }) => heard.hear(method, params));
  await client.connect(transport);
  await client.subscribeResource({ uri: watched });
  await changes(client, heard, async () => {
    await client.unsubscribeResource({ uri: watched });
  });
  await heard.until('notifications/tools/list_changed', 2);
  await client.close();
}

async function sdk2(transport) {
  const client = new Client2({ name: 'test-sdk2', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: {} });
  const heard = new Heard();
  for (const method of Object.keys(schemas))
    client.setNotificationHandler(method, ({ params }) => heard.hear(method, params));
  await client.connect(transport);
  const filter = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: [watched] };
  const subscription = await client.listen({ ...filter, resourceSubscriptions: [watched, 'test://unknown'] });
  assert.deepEqual(subscription.honoredFilter, filter);
  await changes(client, heard, () => subscription.close());
  assert.equal(await subscription.closed, 'local');
  assert.equal(heard.count('notifications/tools/list_changed'), 1);
  await client.close();
}

/** The messages of one call as a task. */
async function asTask(client, name, args = {}) {
  const messages = [];
  const stream = client.experimental.tasks.callToolStream({ name, arguments: args }, undefined, { task: { ttl: 60_000 } });
  for await (const message of stream) messages.push(message);
  return messages;
}

async function tasks(transport) {
  const client = new Client1({ name: 'test-tasks', version: '1' }, { capabilities: { elicitation: {}, tasks: {} } });
  client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'accept', content: { confirm: true } }));
  await client.connect(transport);
  const { tools } = await client.listTools();
  const support = (name) => tools.find((tool) => tool.name === name).execution?.taskSupport;
  assert.equal(support('slow_compute'), 'optional');
  assert.notEqual(support('greet'), 'optional');

  const done = await asTask(client, 'slow_compute', { seconds: 0.2, label: 'pi' });
  assert.equal(done[0].type, 'taskCreated');
  assert.equal(done.at(-1).result.content[0].text, 'Computed pi.');
  const asked = await asTask(client, 'confirm_delete', { filename: 'a.txt' });
  assert.equal(asked.at(-1).result?.content[0].text, 'Deleted a.txt.', JSON.stringify(asked.at(-1)));
  assert.equal((await asTask(client, 'failing_job')).at(-1).type, 'error');
  assert.equal((await asTask(client, 'protocol_error_job')).at(-1).type, 'error');

  const stream = client.experimental.tasks.callToolStream({ name: 'slow_compute', arguments: { seconds: 60 } },
    undefined, { task: {} });
  const { task } = (await stream.next()).value;
  assert.equal((await client.experimental.tasks.getTask(task.taskId)).status, 'working');
  assert.equal((await client.experimental.tasks.cancelTask(task.taskId)).status, 'cancelled');
  await assert.rejects(client.experimental.tasks.cancelTask(task.taskId), /-32602/);
  await assert.rejects(client.experimental.tasks.getTask(`${task.taskId}x`), /-32602/);
  await client.close();
}

const programs = {};
for (const transport of ['stdio', 'http']) {
  for (const [name, [library, run]] of Object.entries({ sdk1: ['sdk1', sdk1], sdk2: ['sdk2', sdk2], tasks: ['sdk1', tasks] })) {
    programs[`${name}_${transport}`] = async () => {
      await withTransport(library, transport, (open) => run(open()));
      console.log(`${name}, ${transport}: done`);
    };
  }
}
await main(programs);
