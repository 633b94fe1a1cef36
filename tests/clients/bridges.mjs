// Bridges that people put between a host and this server: mcp-remote and supergateway bring a host that starts programs to a
// server over HTTP, at /mcp and at /mcp/; supergateway and mcp-proxy bring hosts that speak HTTP or the older SSE to a server on
// stdio. Through each: a list, a change, resources and prompts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { freePort, withServer } from './product.mjs';
import { main } from './programs.mjs';
import { binary, environment, expectOffered, works } from './session.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The program of a bridge's package. */
function program(name) {
  const folder = join(here, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, bin[name]);
}

/** Runs `use(env)` with a home of its own for a bridge, and no address but this machine's to listen on. */
async function withHome(use) {
  const home = mkdtempSync(join(tmpdir(), 'bridge-'));
  try {
    return await use({ ...environment, HOME: home, NODE_OPTIONS: `--require ${join(here, 'loopback.cjs')}` });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a host does first. */
async function job(label, transport) {
  const client = new Client({ name: 'test-bridge', version: '1' }, { capabilities: {} });
  await client.connect(transport);
  try {
    await expectOffered(client);
    assert.match(await works(client, 'pve_list_nodes'), /^3 nodes/);
    assert.match(await works(client, 'pve_start_qemu_vm', { vmid: 'test-restore' }), /VM 118/);
    assert.match(await works(client, 'pve_get_qemu_status', { vmid: 118 }), /running/);
    const { resources } = await client.listResources();
    assert.ok(resources.length > 0);
    assert.ok((await client.readResource({ uri: resources[0].uri })).contents[0].text.length > 0);
    assert.ok((await client.listPrompts()).prompts.length > 0);
    const { messages } = await client.getPrompt({ name: 'slow_guest', arguments: { guest: 'web01' } });
    assert.match(JSON.stringify(messages), /web01/);
    console.log(`${label}: a list, a change, a resource, a prompt`);
  } finally {
    await client.close();
  }
}

/** A bridge that a host starts as a program; `args(url)` names the server. */
const started = (name, args) => async () => {
  for (const slash of ['', '/']) {
    await withHome((env) => withServer(['--simulate'], ({ url }) => job(`${name} to /mcp${slash}`,
      new StdioClientTransport({ command: process.execPath, args: [program(name), ...args(`${url}${slash}`)], env, stderr: 'ignore' }))));
  }
};

/** A bridge that listens; `args(port)` say where, and which program it starts for its clients. */
async function listening(name, args, use) {
  const port = await freePort();
  await withHome(async (env) => {
    const bridge = spawn(process.execPath, [program(name), ...args(port)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => bridge.once('close', resolve));
    const said = [];
    try {
      await new Promise((resolve, reject) => {
        const hear = (line) => {
          said.push(line);
          if (/listening|starting server/i.test(line)) resolve();
        };
        for (const stream of [bridge.stdout, bridge.stderr]) createInterface({ input: stream }).on('line', hear);
        ended.then(() => reject(new Error(`${name} ended:\n${said.join('\n')}`)));
      });
      await use(port);
    } finally {
      bridge.kill('SIGTERM');
      const forced = setTimeout(() => bridge.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(forced);
    }
  });
}

const http = (port) => new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`));
const sse = (port) => new SSEClientTransport(new URL(`http://127.0.0.1:${port}/sse`));

const gateway = (output) => (port) =>
  ['--stdio', `${binary} --simulate`, '--outputTransport', output, '--port', `${port}`];
const proxy = (kind) => (port) => ['--host', '127.0.0.1', '--port', `${port}`, '--server', kind, '--', binary, '--simulate'];

await main({
  mcp_remote: started('mcp-remote', (url) => [url, '--allow-http']),
  supergateway_in: started('supergateway', (url) => ['--streamableHttp', url]),
  supergateway_http: () => listening('supergateway', (port) => [...gateway('streamableHttp')(port), '--stateful'],
    (port) => job('supergateway, stdio to HTTP', http(port))),
  supergateway_sse: () => listening('supergateway', gateway('sse'), (port) => job('supergateway, stdio to SSE', sse(port))),
  mcp_proxy_http: () => listening('mcp-proxy', proxy('stream'), (port) => job('mcp-proxy, HTTP', http(port))),
  mcp_proxy_sse: () => listening('mcp-proxy', proxy('sse'), (port) => job('mcp-proxy, SSE', sse(port))),
});
