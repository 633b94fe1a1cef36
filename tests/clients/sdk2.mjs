// SDK 2.x over stdio and HTTP: the modern era found by itself, pinned, and the legacy one.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { withServer as withHttpServer } from './product.mjs';
import { binary, environment, expectOffered, hiddenIsRefused, mainJob, textJob } from './session.mjs';

const expected = {
  auto: { negotiation: { mode: 'auto' }, era: 'modern', version: '2026-07-28' },
  pinned: { negotiation: { mode: { pin: '2026-07-28' } }, era: 'modern', version: '2026-07-28' },
  legacy: { negotiation: undefined, era: 'legacy', version: '2025-11-25' },
};

const over = {
  stdio: (mode, args, run) =>
    withTransport(mode, new StdioClientTransport({ command: binary, args, env: environment, stderr: 'inherit' }), run),
  http: (mode, args, run) =>
    withHttpServer(args, ({ url }) => withTransport(mode, new StreamableHTTPClientTransport(new URL(url)), run)),
};

async function withTransport(mode, transport, run) {
  const { negotiation } = expected[mode];
  const client = new Client(
    { name: 'test-sdk2', version: '1' },
    { ...(negotiation && { versionNegotiation: negotiation }), capabilities: { elicitation: { form: {}, url: {} } } });
  client.onerror = (error) => assert.fail(`protocol error: ${error.message}`);
  await client.connect(transport);
  try {
    await run(client);
  } finally {
    await client.close();
  }
}

const modes = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(expected);
for (const mode of modes) for (const [transport, withServer] of Object.entries(over)) {
  const { era, version } = expected[mode];
  await withServer(mode, ['--simulate'], async (client) => {
    assert.equal(client.getProtocolEra(), era);
    assert.equal(client.getNegotiatedProtocolVersion(), version);
    assert.equal(client.getServerVersion().name, 'mcp-pve');
    if (era === 'modern') assert.deepEqual(client.getDiscoverResult().supportedVersions.includes(version), true);
    const tools = await expectOffered(client);
    await textJob(client);
    console.log(`sdk 2.x ${mode}, ${transport}: ${client.getProtocolEra()}, ${client.getNegotiatedProtocolVersion()}, ${tools.length} tools, main job`);
  });
  await withServer(mode, ['--simulate', '--output', 'structured'], mainJob);
  for (const tier of ['read-only', 'read-execute']) {
    await withServer(mode, ['--simulate', '--access-tier', tier], (client) => hiddenIsRefused(client, tier));
  }
}
