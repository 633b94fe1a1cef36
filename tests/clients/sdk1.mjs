// SDK 1.x over stdio or HTTP: the legacy era.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { withServer as withHttpServer } from './product.mjs';
import { binary, environment, expectOffered, fails, hiddenIsRefused, mainJob, textJob, tiers, works } from './session.mjs';

const overHttp = process.argv[2] === 'http';

const withServer = (args, run) => (overHttp
  ? withHttpServer(args, ({ url }) => withTransport(new StreamableHTTPClientTransport(new URL(url)), run))
  : withTransport(new StdioClientTransport({ command: binary, args, env: environment, stderr: 'inherit' }), run));

async function withTransport(transport, run) {
  const client = new Client({ name: 'test-sdk1', version: '1' }, { capabilities: { roots: {}, elicitation: {} } });
  const negotiated = [];
  const told = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (version) => { negotiated.push(version); told?.(version); };
  // Over HTTP the client also reports streams that it closes itself, and the request of a call that it has cancelled.
  client.onerror = (error) => {
    if (!overHttp || !/AbortError|aborted|^fetch failed$/.test(error.message)) assert.fail(`protocol error: ${error.message}`);
  };
  await client.connect(transport);
  try {
    await run(client, negotiated.at(-1));
  } finally {
    await client.close();
  }
}

for (const tier of tiers) {
  await withServer(['--simulate', '--access-tier', tier], async (client, version) => {
    const { tools, nextCursor } = await client.listTools();
    assert.deepEqual(await expectOffered(client, '--access-tier', tier), tools.map((tool) => tool.name));
    assert.equal(nextCursor, undefined);
    assert.ok(tools.every((tool) => tool.inputSchema.type === 'object' && tool.description));
    if (tier !== 'full') await hiddenIsRefused(client, tier);
    console.log(`sdk 1.x: ${version}, tier ${tier}: ${tools.length} tools`);
  });
}

await withServer(['--simulate', '--categories', 'nodes,tasks'], async (client) => {
  const names = await expectOffered(client, '--categories', 'nodes,tasks');
  assert.ok(names.every((name) => /node|task/.test(name)), names.join());
});

await withServer(['--simulate'], async (client, version) => {
  assert.equal(version, '2025-11-25');
  assert.equal(client.getServerVersion().name, 'mcp-pve');
  assert.ok(client.getServerCapabilities().tools);
  assert.equal(client.getServerVersion().title, 'Proxmox VE (simulated)');
  assert.ok(client.getInstructions().length < 2048);
  assert.match(client.getInstructions(), /^This Proxmox VE cluster is simulated; nothing in it is real\. /);
  assert.match(await works(client, 'pve_create_pool', { poolid: 'fromclient' }), /\n\(simulated cluster\)$/);
  assert.doesNotMatch(await works(client, 'pve_list_pools'), /\(simulated/);
  await client.ping();
  await textJob(client);
  await assert.rejects(async () => {
    const result = await client.callTool({ name: 'pve_no_such_tool', arguments: {} });
    if (result.isError) throw new Error(result.content[0].text);
  }, /pve_no_such_tool/);
  // Many at once, each answered with its own.
  const nodes = await Promise.all(
    Array.from({ length: 60 }, (_, i) => works(client, 'pve_get_node_status', { node: `pve${1 + (i % 2)}` })));
  assert.equal(nodes.length, 60);
  console.log('sdk 1.x: main job, errors, 60 calls at once');
});

await withServer(['--simulate', '--output', 'structured'], mainJob);

// A slow PVE delays nobody else, and a cancelled call is not answered.
await withServer(['--simulate', '--fault', 'latency=10000'], async (client) => {
  const abort = new AbortController();
  const slow = client.callTool({ name: 'pve_list_nodes', arguments: {} }, undefined, { signal: abort.signal });
  const refused = assert.rejects(slow);
  await client.ping();
  await expectOffered(client);
  abort.abort('enough');
  await refused;
  await client.ping();
  console.log('sdk 1.x: cancellation');
});

await withServer(['--simulate', '--fault', 'status=596'], async (client) => {
  await fails(client, 'pve_get_node_status', { node: 'pve1' }, /596|timed out/);
});

// An unreachable PVE ends nothing: each call says what is wrong.
Object.assign(environment, {
  PVE_BASE_URL: 'https://127.0.0.1:1', PVE_TOKEN_ID: 'root@pam!demo', PVE_TOKEN_SECRET: 'do-not-show-me',
});
await withServer(overHttp ? ['--http-no-auth'] : [], async (client) => {
  await expectOffered(client);
  assert.equal(client.getServerVersion().title, 'Proxmox VE');
  assert.doesNotMatch(client.getInstructions(), /simulated/);
  for (let i = 0; i < 2; ++i) {
    const text = await fails(client, 'pve_list_nodes', {}, /refused/);
    assert.doesNotMatch(text, /do-not-show-me/);
  }
  console.log('sdk 1.x: an unreachable PVE is said, not fatal');
});
