// The simulated cluster over HTTP (mcp-pve simulate), whose backups take seconds and tell percentages as a real one's do.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { binary, environment } from './session.mjs';

const lasts = 7000;

/** The lines that vzdump has written after `elapsed` milliseconds. */
function logAfter(elapsed) {
  const lines = ['INFO: starting new backup job: vzdump', 'INFO: Starting Backup of VM 100 (qemu)'];
  for (let percent = 0; percent * lasts <= elapsed * 100 && percent < 100; percent += 5) {
    lines.push(`INFO: ${String(percent).padStart(3)}% (${(percent * 0.32).toFixed(1)} GiB of 32.0 GiB) in ` +
      `${Math.round(percent * lasts / 100_000)}s, read: 1.0 GiB/s, write: 1.0 GiB/s`);
  }
  return lines;
}

/** What PVE would say of a task that has not ended. */
function stretched(path, query, elapsed, answer) {
  if (path.endsWith('/status')) {
    const { exitstatus, ...data } = answer.data;
    return { data: { ...data, status: 'running' } };
  }
  const lines = logAfter(elapsed);
  const start = Number(query.get('start') ?? 0);
  const part = lines.slice(start, start + Number(query.get('limit') ?? 50));
  return { total: lines.length, data: part.map((t, i) => ({ n: start + i + 1, t })) };
}

async function simulated() {
  const child = spawn(binary, ['simulate', '--plain', '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  const exported = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = line.match(/^export (\w+)='(.*)'$/) ?? [];
    if (name) exported[name] = value;
    if (name === 'PVE_TOKEN_SECRET') break;
  }
  assert.ok(exported.PVE_TOKEN_SECRET, 'mcp-pve simulate says how to reach it');
  return { child, exported };
}

/**
 * Runs `use(env)`, where `env` leads a server to the cluster. `record` is told of each request that arrives there, as text:
 * the request line, the fields, the body.
 */
export async function withSlowCluster(use, record = () => {}) {
  const { child, exported } = await simulated();
  const ended = new Promise((resolve) => child.once('close', resolve));
  const begun = new Map();
  const proxy = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    record([`${request.method} ${request.url}`, ...request.rawHeaders, Buffer.concat(chunks).toString('latin1')].join('\n'));
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(exported.PVE_BASE_URL + request.url,
      { method: request.method, headers, ...(chunks.length && { body: Buffer.concat(chunks) }) });
    let body = await answer.text();
    const { pathname, searchParams } = new URL(request.url, exported.PVE_BASE_URL);
    const upid = decodeURIComponent(pathname.match(/\/tasks\/([^/]+)/)?.[1] ?? '');
    if (request.method === 'POST' && pathname.endsWith('/vzdump')) begun.set(JSON.parse(body).data, Date.now());
    if (request.method === 'DELETE') begun.delete(upid);
    const elapsed = Date.now() - (begun.get(upid) ?? 0);
    if (elapsed < lasts && /\/(status|log)$/.test(pathname))
      body = JSON.stringify(stretched(pathname, searchParams, elapsed, JSON.parse(body)));
    response.writeHead(answer.status, answer.statusText, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    await use({ ...exported, PVE_BASE_URL: `http://127.0.0.1:${proxy.address().port}` });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    child.kill();
    await ended;
  }
}
