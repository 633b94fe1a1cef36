// The product (MCP_PVE) for clients of both eras, over stdio and over HTTP.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { binary, environment } from './session.mjs';

/** Runs the product to its end: { status, stdout, stderr }. */
export function ran(args, env = {}) {
  const run = spawnSync(binary, args, { env: { ...environment, ...env }, encoding: 'utf8', timeout: 30_000 });
  assert.equal(run.error, undefined);
  return run;
}

/** A port that is free now, for who has to know it before the server runs. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A running server: `url`, `signal(name)`, `log()` (what it said on stderr so far), `said(pattern)` waits for a line. */
class HttpServer {
  #child;
  #lines = [];
  #wake = () => {};

  constructor(args, env) {
    this.#child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...environment, ...env } });
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => {
      this.#lines.push(`ended with ${signal ?? code}`);
      this.#wake();
      resolve(signal ?? code);
    }));
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
  }

  log = () => this.#lines.join('\n');
  signal = (name) => this.#child.kill(name);

  async said(pattern, times = 1) {
    const found = () => this.#lines.filter((line) => pattern.test(line));
    while (found().length < times) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${pattern} was not said:\n${this.log()}`)), 15_000);
        this.#wake = () => { clearTimeout(late); resolve(); };
      });
      assert.doesNotMatch(this.#lines.at(-1), /^ended with/, this.log());
    }
    return found()[times - 1];
  }
}

/** Runs `use(server)` with a server over HTTP on a port of this machine, 0 for any. It must end well. */
export async function withServer(args, use, env = {}, port = 0) {
  const server = new HttpServer(['--http', `127.0.0.1:${port}`, ...args], env);
  try {
    server.url = (await server.said(/listening on /)).match(/https?:\/\/\S+/)[0];
    return await use(server);
  } catch (error) {
    console.error(server.log());
    throw error;
  } finally {
    server.signal('SIGTERM');
    const forced = setTimeout(() => server.signal('SIGKILL'), 15_000);
    assert.equal(await server.ended, 0, server.log());
    clearTimeout(forced);
  }
}

export const kinds = {
  sdk1: { era: 'legacy', version: '2025-11-25', transports: { stdio: Stdio1, http: Http1 } },
  sdk2_auto: { era: 'modern', version: '2026-07-28', negotiation: { mode: 'auto' } },
  sdk2_pinned: { era: 'modern', version: '2026-07-28', negotiation: { mode: { pin: '2026-07-28' } } },
  sdk2_legacy: { era: 'legacy', version: '2025-11-25' },
};
for (const kind of Object.values(kinds)) kind.transports ??= { stdio: Stdio2, http: Http2 };

/** A client that is not connected yet. */
export function makeClient(kind, capabilities = { elicitation: {} }) {
  if (kind === 'sdk1') return new Client1({ name: 'test-sdk1', version: '1' }, { capabilities });
  const { negotiation } = kinds[kind];
  return new Client2({ name: 'test-sdk2', version: '1' },
    { ...(negotiation && { versionNegotiation: negotiation }), capabilities });
}

/**
 * Runs `use(client, server)` with a client of this kind on a server of its own: `server.reload()` has it read its settings
 * again; over HTTP, `server.said(pattern)` waits for a line of its log.
 */
export async function withClient(kind, transport, args, use, { prepare = () => {}, env = {} } = {}) {
  const connected = async (made, server) => {
    const client = makeClient(kind);
    // Streams that a client closes itself are errors to it.
    client.onerror = (error) => { if (!/AbortError/.test(error.message)) console.error(`${kind}, ${transport}: ${error.message}`); };
    prepare(client);
    await client.connect(made);
    try {
      return await use(client, server);
    } finally {
      await client.close();
    }
  };
  const Transport = kinds[kind].transports[transport];
  if (transport === 'http') {
    return withServer(args, (server) =>
      connected(new Transport(new URL(server.url)),
        { reload: () => server.signal('SIGHUP'), said: (pattern) => server.said(pattern) }), env);
  }
  const made = new Transport({ command: binary, args, env: { ...environment, ...env }, stderr: 'inherit' });
  return connected(made, { reload: () => process.kill(made.pid, 'SIGHUP') });
}

/** A call with options such as onprogress and signal, whichever library it is. */
export const callWith = (client, params, options) =>
  client instanceof Client1 ? client.callTool(params, undefined, options) : client.callTool(params, options);

export const isModern = (client) => client.getProtocolEra?.() === 'modern';
