// The fixture server (FIXTURE_SERVER) for clients of both eras, over stdio and over HTTP.
import assert from 'node:assert/strict';
import { StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { withHttpServer } from '../conformance/server.mjs';
import { RawHttp, RawStdio } from './raw.mjs';

export { main } from './programs.mjs';

export const command = process.env.FIXTURE_SERVER;
assert.ok(command, 'FIXTURE_SERVER must name the fixture server');

/** Runs `use(url)` with a server over HTTP. */
export const withServer = (args, use) => withHttpServer(command, ['--http', '127.0.0.1:0', ...args], 'stdout', use);

const overStdio = { sdk1: Stdio1, sdk2: Stdio2 };
const overHttp = { sdk1: Http1, sdk2: Http2 };

/** Runs `use(open)`, where each `open()` gives a transport of this client's library to the same or a new server. */
export function withTransport(client, transport, use) {
  if (transport === 'http') {
    return withServer([], (url) =>
      use(() => (client === 'raw' ? new RawHttp(url) : new overHttp[client](new URL(url)))));
  }
  return use(() => (client === 'raw' ? new RawStdio(command, []) : new overStdio[client]({ command, stderr: 'inherit' })));
}
