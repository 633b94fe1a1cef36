// The Inspector's command line in both eras over stdio or HTTP, with its lint for hosts (--strict).
import assert from 'node:assert/strict';
import { inspecting } from './inspect.mjs';
import { withServer } from './product.mjs';
import { binary, offered } from './session.mjs';

function allMethods({ inspect, result }, era, ...server) {
  const ask = (...args) => result(era, ...server, '--method', ...args);
  const { tools } = result(era, '--strict', ...server, '--method', 'tools/list');
  assert.deepEqual(tools.map((tool) => tool.name), offered());
  assert.match(ask('tools/call', '--tool-name', 'pve_get_node_status', '--tool-arg', 'node=pve1').content[0].text, /uptime/);
  const refused = inspect(era, ...server, '--method', 'tools/call', '--tool-name', 'pve_get_node_status',
                          '--tool-arg', 'node=nowhere');
  assert.match(refused.stdout + refused.stderr, /nowhere/);
  assert.equal(ask('resources/list').resources.length, 3);
  assert.equal(ask('resources/templates/list').resourceTemplates.length, 7);
  assert.match(ask('resources/read', '--uri', 'pve://guests/100/status').contents[0].text, /"name":"web01"/);
  assert.equal(ask('prompts/list').prompts.length, 8);
  const { messages } = ask('prompts/get', '--prompt-name', 'slow_guest', '--prompt-args', 'guest=web01');
  assert.match(JSON.stringify(messages), /web01/);
  if (era === 'legacy') ask('logging/setLevel', '--log-level', 'debug');
}

const transport = process.argv[2] ?? 'stdio';
const withTarget = (use) => (transport === 'http'
  ? withServer(['--simulate'], ({ url }) => use('--server-url', url, '--transport', 'http'))
  : use(binary, '--simulate'));

await inspecting(async (inspector) => {
  for (const era of ['legacy', 'modern']) {
    await withTarget((...server) => allMethods(inspector, era, ...server));
    console.log(`inspector ${era}, ${transport}: --strict clean, every method, a refusal`);
  }
});
