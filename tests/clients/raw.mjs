// A client that says exactly what it is told to, right or wrong: over stdio or HTTP, in either era.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

/** What a modern request carries. */
export const envelope = (capabilities) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

/**
 * What both transports have in common: `answer(request)` gives the result or error for a request of the server, or nothing for
 * none at all; `hear` is told of its notifications.
 */
class Raw {
  #last = 0;
  answer = () => assert.fail('the server asked');
  hear = () => {};

  request(method, params) {
    return this.exchange({ jsonrpc: '2.0', id: `raw-${++this.#last}`, method, params });
  }

  async initialize(capabilities) {
    const { result } = await this.request('initialize',
      { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'raw', version: '1' } });
    assert.equal(result.protocolVersion, '2025-11-25');
    await this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** Takes what is no response: a request of the server, which is answered, or a notification; true when it was one. */
  async taken(message) {
    if (!message.method) return false;
    if (message.id === undefined) this.hear(message.method, message.params);
    else {
      const answer = this.answer(message);
      if (answer) await this.send({ jsonrpc: '2.0', id: message.id, ...answer });
    }
    return true;
  }
}

export class RawStdio extends Raw {
  #child;
  #waiting = new Map();

  constructor(command, args, env = {}) {
    super();
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    createInterface({ input: this.#child.stdout }).on('line', async (line) => {
      const message = JSON.parse(line);
      if (!await this.taken(message)) this.#waiting.get(message.id)?.(message);
    });
  }

  send(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  exchange(message) {
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.send(message);
    });
  }

  async close() {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    assert.equal(await ended, 0);
  }
}

export class RawHttp extends Raw {
  #url;
  #session;
  #open = new AbortController();

  constructor(url) {
    super();
    this.#url = url;
  }

  async #post(message) {
    const own = { ...headers };
    const version = message.params?._meta?.['io.modelcontextprotocol/protocolVersion'];
    if (version) {
      Object.assign(own, { 'MCP-Protocol-Version': version, 'Mcp-Method': message.method });
      const name = message.params.name ?? message.params.uri ?? message.params.taskId;
      if (name) own['Mcp-Name'] = name;
    } else if (this.#session) {
      Object.assign(own, { 'Mcp-Session-Id': this.#session, 'MCP-Protocol-Version': '2025-11-25' });
    }
    const response = await fetch(this.#url,
      { method: 'POST', headers: own, body: JSON.stringify(message), signal: this.#open.signal });
    if (message.method === 'initialize') this.#session = response.headers.get('mcp-session-id');
    return response;
  }

  async send(message) {
    const response = await this.#post(message);
    assert.equal(response.status, 202, await response.text());
  }

  async exchange(message) {
    const response = await this.#post(message);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.json();
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split(/\r?\n\r?\n/);
      rest = events.pop();
      for (const event of events) {
        const data = event.match(/^data:(.*)$/m)?.[1].trim();
        if (!data) continue;
        const received = JSON.parse(data);
        if (!await this.taken(received) && received.id === message.id) return received;
      }
    }
    return assert.fail('the stream ended without the response');
  }

  /** Streams that are still open end as well. */
  async close() {
    this.#open.abort();
    if (!this.#session) return;
    const response = await fetch(this.#url, { method: 'DELETE', headers: { 'Mcp-Session-Id': this.#session } });
    assert.ok(response.ok);
  }
}
