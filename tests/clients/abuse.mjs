// Peers that mean harm or are broken, over raw sockets, while somebody else works: the server stays within its memory,
// answers the other all along, and is alive afterwards. MCP_PVE and FIXTURE_SERVER name the binaries.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { urlOf, withProcesses } from './processes.mjs';
import { envelope } from './raw.mjs';

/** Generous: the server takes about 10 MB at rest. */
const mostResident = 150_000;
/** At any moment, so also while all attackers are there. */
const mostEver = 256_000;
/** So many calls must be answered while others attack, each of them in so many milliseconds: a third of what who is shut
 * out waits for, and enough for a debug build beside a compiler. */
const leastCalls = 5;
const slowestCall = 10_000;

/** In kB, of /proc/PID/status. */
const memory = ({ pid }, key) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(`${key}:\\s+(\\d+)`)[1]);
/** A sanitizer's shadow is terabytes; the program's memory cannot be told from it. */
const sanitized = (server) => memory(server, 'VmSize') > 1e9;

const settle = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A message as bytes of HTTP. */
function post(body, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { Host: 'localhost', 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
                'Content-Length': Buffer.byteLength(text), ...headers };
  return `POST /mcp HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}

function modern(method, params = {}, id = 1) {
  const name = params.name && { 'Mcp-Name': params.name };
  return post({ jsonrpc: '2.0', id, method, params: { ...params, _meta: envelope({}) } },
    { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': method, ...name });
}

const initialize = post({ jsonrpc: '2.0', id: 1, method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'abuse', version: '1' } } });

/** A raw connection; `closed` settles when the server has ended it. One that does not read leaves all in the kernel. */
class Peer {
  received = '';
  ended = false;

  constructor(port, bytes, reads = true) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('error', () => {});
    this.opened = new Promise((resolve) => { this.socket.once('connect', resolve).once('close', resolve); });
    this.closed = new Promise((resolve) => {
      const done = () => { this.ended = true; resolve(); };
      this.socket.once('close', done).once('end', done);
    });
    if (reads) this.socket.on('data', (bytes) => { this.received += bytes; });
    else this.socket.pause();
    if (bytes) this.socket.write(bytes);
  }

  get status() { return Number(this.received.match(/^HTTP\/1\.1 (\d{3})/)?.[1] ?? 0); }

  async within(milliseconds, what) {
    let late;
    const lateness = new Promise((_, reject) => { late = setTimeout(() => reject(new Error(`${what}: still open; ${this.received.slice(0, 200)}`)), milliseconds); });
    await Promise.race([this.closed, lateness]);
    clearTimeout(late);
    return this;
  }

  leave() { this.socket.destroy(); }
}

const many = (count, make) => Array.from({ length: count }, (_, at) => make(at));

/** Somebody who works, call after call, until stopped; everything must be answered. */
class Caller {
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #stopped = false;
  latencies = [];

  constructor(url, tool, pause = 20) {
    this.url = url;
    this.pause = pause;
    this.message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: {}, _meta: envelope({}) } };
    this.done = this.#work();
    this.done.catch(() => {});
  }

  once() {
    return new Promise((resolve, reject) => {
      const sent = request(this.url, { method: 'POST', agent: this.#agent, timeout: 20_000, headers: {
        'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': this.message.params.name } });
      sent.once('error', reject).once('timeout', () => sent.destroy(new Error('not answered for 20 s')));
      sent.once('response', (response) => {
        response.resume().once('end', () => resolve({ status: response.statusCode, reused: sent.reusedSocket }));
      });
      sent.end(JSON.stringify(this.message));
    });
  }

  async #work() {
    while (!this.#stopped) {
      const begin = performance.now();
      // A connection that waited unused may have made room for another: clients then open a new one.
      const { status } = await this.once().catch((error) => {
        if (error.code !== 'ECONNRESET') throw error;
        return this.once();
      });
      assert.equal(status, 200);
      this.latencies.push(performance.now() - begin);
      await settle(this.pause);
    }
  }

  /** Nobody delays it: so many calls were answered, and none late. The latencies in words. */
  async stop(least = leastCalls) {
    this.#stopped = true;
    await this.done;
    this.#agent.destroy();
    const sorted = this.latencies.toSorted((a, b) => a - b);
    assert.ok(sorted.length >= least, `only ${sorted.length} calls were answered`);
    assert.ok(sorted.at(-1) < slowestCall, `a call took ${sorted.at(-1)} ms`);
    return `${sorted.length} calls beside it, median ${sorted[sorted.length >> 1].toFixed(1)} ms, slowest ${sorted.at(-1).toFixed(1)} ms`;
  }
}

const kinds = {
  async garbage(port) {
    const starts = ['', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n', '\x16\x03\x01\x02\x00\x01'];
    const peers = many(300, (at) => new Peer(port,
      Buffer.concat([Buffer.from(starts[at % 3], 'latin1'), randomBytes(2000), Buffer.from('\r\n\r\n')])));
    for (const peer of peers) {
      await peer.within(20_000, 'garbage');
      assert.ok(peer.status === 0 || peer.status >= 400, peer.received);
    }
  },

  async 'floods of headers'(port) {
    const one = many(20, () => new Peer(port, `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1 << 20)}`));
    const all = many(20, () => new Peer(port,
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\n${many(101, (at) => `X-${at}: 1\r\n`).join('')}\r\n`));
    for (const peer of [...one, ...all]) assert.equal((await peer.within(20_000, 'headers')).status, 431);
  },

  async 'bodies too large'(port) {
    const announced = many(20, () => new Peer(port, `${post('', { 'Content-Length': 5 << 20 })}${'x'.repeat(1 << 20)}`));
    const pieces = `${(1 << 20).toString(16)}\r\n${'x'.repeat(1 << 20)}\r\n`;
    // All bodies together may take 64 MiB, and this is done more than once.
    const chunked = many(5, () => new Peer(port,
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${pieces.repeat(5)}`));
    for (const peer of [...announced, ...chunked]) assert.equal((await peer.within(20_000, 'a body')).status, 413);
    for (const peer of [...announced, ...chunked]) peer.leave();
  },

  // Parsed, they would take thirty times their text.
  async 'bodies of nothing but values'(port) {
    const values = (one, bytes) => `[${many(bytes / (one.length + 1) | 0, () => one).join(',')}]`;
    const peers = many(12, (at) => {
      const all = values(['1', '{}', '[]'][at % 3], 4_000_000);
      return new Peer(port, post(at % 2 ? all : `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${all}}}`, { Connection: 'close' }));
    });
    for (const peer of peers) assert.ok([400, 503].includes((await peer.within(20_000, 'values')).status), peer.received);
  },

  async 'bodies cut short'(port) {
    const whole = modern('tools/call', { name: 'pve_list_nodes', arguments: {} });
    const peers = many(200, (at) => new Peer(port, whole.slice(0, whole.length - 1 - (at % 100))));
    for (const peer of peers) await peer.opened;
    for (const peer of peers) peer.socket.end();
    for (const peer of peers) {
      await peer.within(20_000, 'a body cut short');
      assert.ok(peer.status === 0 || peer.status >= 400, peer.received);
    }
  },

  async 'answers nobody reads'(port) {
    const peers = many(200, () => new Peer(port, modern('tools/list').repeat(20), false));
    for (const peer of peers) await peer.opened;
    await settle(2000);
    for (const peer of peers) peer.leave();
  },

  async 'callers who leave at once'(port) {
    for (let turn = 0; turn < 10; ++turn) {
      const peers = many(100, () => new Peer(port, modern('tools/call', { name: 'pve_list_nodes', arguments: {} })));
      for (const peer of peers) await peer.opened;
      for (const peer of peers) peer.leave();
    }
  },

  async 'a flood of sessions'(port) {
    let first;
    let newest;
    for (let turn = 0; turn < 100; ++turn) {
      const peers = many(50, () => new Peer(port, initialize));
      for (const peer of peers) {
        while (!peer.received.includes('\r\n\r\n') && !peer.ended) await settle(1);
        assert.equal(peer.status, 200, peer.received);
        newest = peer.received.match(/mcp-session-id: (\S+)/i)[1];
        first ??= newest;
        peer.leave();
      }
    }
    const ping = async (session) => {
      const peer = new Peer(port, post({ jsonrpc: '2.0', id: 2, method: 'ping' }, { 'Mcp-Session-Id': session, Connection: 'close' }));
      return (await peer.within(20_000, 'a ping')).status;
    };
    assert.equal(await ping(first), 404, 'the oldest session made room');
    assert.equal(await ping(newest), 200);
  },

  async slowloris(port) {
    const head = post('{}');
    const peers = many(500, () => new Peer(port, head.slice(0, 10)));
    let at = 10;
    const trickle = setInterval(() => {
      for (const peer of peers) if (!peer.ended) peer.socket.write(head[at % head.length]);
      ++at;
    }, 1000);
    for (const peer of peers) assert.equal((await peer.within(30_000, 'a slow head')).status, 408);
    clearInterval(trickle);
  },

  // Connections that say nothing make room for those who come: none of these is an obstacle to the caller.
  async 'more idle connections than allowed'(port) {
    const peers = [];
    for (let turn = 0; turn < 20; ++turn) {
      peers.push(...many(100, () => new Peer(port)));
      await Promise.all(peers.slice(-100).map((peer) => peer.opened));
    }
    // What the kernel has taken the server may not have seen yet.
    const count = () => peers.filter((peer) => !peer.ended).length;
    for (const end = Date.now() + 20_000; count() > 1024 && Date.now() < end;) await settle(50);
    const open = count();
    assert.ok(open <= 1024, `${open} are open`);
    assert.ok(open > 900, `only ${open} are open`);
    for (const peer of peers) peer.leave();
  },

  // Neither are those that begin a request on each and leave it at that.
  async 'half requests on more connections than allowed'(port) {
    const begun = ['POST /mcp HTTP/1.1\r\nHost: localhost\r\n', post('', { 'Content-Length': 10 })];
    const peers = [];
    for (let turn = 0; turn < 20; ++turn) {
      peers.push(...many(100, (at) => new Peer(port, begun[at % 2])));
      await Promise.all(peers.slice(-100).map((peer) => peer.opened));
      await servedAtOnce(port);
    }
    const ended = peers.filter((peer) => peer.ended);
    assert.ok(ended.length > 900, `only ${ended.length} made room`);
    assert.ok(ended.every((peer) => [0, 408].includes(peer.status)));
    for (const peer of peers) peer.leave();
  },

  // Together far more than all bodies may take.
  async 'large bodies that never end'(port) { await hoard(port, 32, 4 << 20); },
  async 'many bodies that never end'(port) { await hoard(port, 900, 120 << 10); },
};

/** Somebody who connects now, without ever trying again. */
async function servedAtOnce(port) {
  const peer = await new Peer(port, modern('tools/list')
    .replace('\r\n', '\r\nConnection: close\r\n')).within(slowestCall, 'a newcomer');
  assert.equal(peer.status, 200, peer.received);
}

/** So many bodies of that many bytes, of which the last never comes, are no obstacle to who asks meanwhile. */
async function hoard(port, count, bytes) {
  const part = post('', { 'Content-Length': bytes }) + 'x'.repeat(bytes - 1);
  const peers = many(count, () => new Peer(port, part));
  const ended = () => peers.filter((peer) => peer.ended).length;
  // More than that cannot be there.
  const most = (64 << 20) / (bytes - 1);
  for (const end = Date.now() + 20_000; count - ended() > most; await settle(20)) {
    assert.ok(Date.now() < end, `${count - ended()} bodies are held`);
    await servedAtOnce(port);
  }
  for (let turn = 0; turn < 20; ++turn) await servedAtOnce(port);
  assert.ok(ended() <= count * 5 / 8, `${ended()} of ${count} made room`);
  // 503: the longest under way has just sent more.
  const statuses = new Set(peers.map((peer) => peer.status));
  assert.ok([...statuses].every((status) => [0, 408, 503].includes(status)), `${[...statuses]}`);
  for (const peer of peers) peer.leave();
}

/** Open streams hold half of 1,024 connections and half heads the rest: those make room, streams do not. */
async function full(port) {
  const streams = many(500, () => new Peer(port, modern('subscriptions/listen', { notifications: { toolsListChanged: true } })));
  for (const end = Date.now() + 20_000; streams.some((peer) => !peer.status) && Date.now() < end;) await settle(20);
  const heads = many(600, () => new Peer(port, 'POST /mcp HTTP/1.1\r\nHost: '));
  for (const peer of heads) await peer.opened;
  await settle(1000);
  const newcomers = many(300, () => new Peer(port, modern('tools/list')));
  for (const end = Date.now() + 20_000; newcomers.some((peer) => !peer.status) && Date.now() < end;) await settle(20);
  assert.ok(newcomers.every((peer) => peer.status === 200), 'newcomers are answered');
  assert.equal(streams.filter((peer) => !peer.ended && peer.status === 200).length, 500, 'streams are not sent away');
  const made = heads.filter((peer) => peer.ended);
  // Those whose first byte had not come are not told why.
  assert.ok(made.every((peer) => [0, 408].includes(peer.status)));
  assert.ok(made.some((peer) => peer.status === 408), 'half heads are told why they end');
  const open = 1100 + 300 - [...made, ...newcomers.filter((peer) => peer.ended)].length;
  assert.ok(open <= 1024, `${open} are open`);
  console.log(`full: beside 500 streams ${made.length} of 600 half heads made room for 300 who asked`);
  for (const peer of [...heads, ...newcomers, ...streams]) peer.leave();
}

async function alive(url, tool) {
  const caller = new Caller(url, tool);
  await settle(200);
  await caller.stop(1);
}

/** Bounded memory, in words. */
function checked(server, what) {
  const resident = memory(server, 'VmRSS');
  const peak = memory(server, 'VmHWM');
  assert.ok(sanitized(server) || resident < mostResident, `${what}: ${resident} kB resident`);
  assert.ok(sanitized(server) || peak < mostEver, `${what}: ${peak} kB were resident`);
  return `${(resident / 1000).toFixed(1)} MB`;
}

async function product() {
  await withProcesses(async (start) => {
    const server = start(process.env.MCP_PVE, ['--simulate', '--http', '127.0.0.1:0', '--http-no-auth']);
    const url = await urlOf(server);
    const port = Number(new URL(url).port);
    await alive(url, 'pve_list_nodes');
    console.log(`mcp-pve, ${checked(server, 'at rest')} resident`);
    for (const [kind, act] of Object.entries(kinds)) {
      const caller = new Caller(url, 'pve_list_nodes');
      // An attack that is over before the caller has come to anything proves nothing.
      do await Promise.race([act(port), caller.done]); while (caller.latencies.length < leastCalls);
      const words = await caller.stop();
      assert.ok(server.running, `${kind}: the server ended: ${server.said.join('\n')}`);
      console.log(`${kind}: ${checked(server, kind)}; ${words}`);
    }
    await full(port);
    await settle(200);
    await alive(url, 'pve_list_nodes');
    console.log(`after all: ${checked(server, 'after all')}, at most ${(memory(server, 'VmHWM') / 1000).toFixed(1)} MB`);
    assert.equal(await server.kill(), 0);
  });
}

/** Events flow to listeners of which some never read: what waits for those is bounded, the others hear all. */
async function deafListeners() {
  await withProcesses(async (start) => {
    const server = start(process.env.FIXTURE_SERVER, ['--http', '127.0.0.1:0']);
    const url = await urlOf(server);
    const port = Number(new URL(url).port);
    // Each event repeats the id of its subscription: a long one fills the buffers of the kernel soon.
    const listen = modern('subscriptions/listen',
      { notifications: { resourceSubscriptions: ['test://watched-resource'] } }, 'x'.repeat(8000));
    const deaf = many(20, () => new Peer(port, listen, false));
    const hearing = new Peer(port, listen);
    for (const peer of [...deaf, hearing]) await peer.opened;
    for (const end = Date.now() + 20_000; !hearing.received.includes('acknowledged'); await settle(5))
      assert.ok(Date.now() < end && !hearing.ended, hearing.received);
    const before = checked(server, 'listening');
    const callers = many(8, () => new Caller(url, 'test_trigger_resource_change', 0));
    const heard = () => hearing.received.split('notifications/resources/updated').length - 1;
    // 24 MB to each: what the kernel does not take must not pile up here.
    for (const end = Date.now() + 60_000; heard() < 3000; await settle(100)) {
      assert.ok(Date.now() < end && !hearing.ended, `${heard()} events heard`);
      await Promise.race([settle(0), ...callers.map((caller) => caller.done)]);
    }
    for (const caller of callers) await caller.stop();
    console.log(`listeners who never read: ${before} at first, ${checked(server, 'deaf listeners')} after ${heard()} events to each`);
    for (const peer of [...deaf, hearing]) peer.leave();
    await alive(url, 'test_trigger_resource_change');
    assert.ok(server.running);
  });
}

await product();
await deafListeners();
