// The official conformance suite, against the fixture server (FIXTURE_SERVER) or the product (MCP_PVE).
//
//   run.mjs RUN...
//
// A run fails unless each of its checks passes, scored by the suite or not; what cannot pass is an exception with a
// reason, for the very status and words that the suite gives it. An exception that is no longer needed is an error too.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withHttpServer } from './server.mjs';

const modules = new URL('../clients/node_modules/', import.meta.url);
const suites = {
  current: fileURLToPath(new URL('@modelcontextprotocol/conformance/dist/index.js', modules)),
  old: fileURLToPath(new URL('conformance-0.1/dist/index.js', modules)),
};

// Scenarios that a set of requirements runs without scoring them: they must pass all the same.
const unscored = {
  '2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12', 'server-sse-polling'],
  '2026-07-28': [
    'tasks-lifecycle', 'tasks-capability-negotiation', 'tasks-wire-fields', 'tasks-request-state-removal',
    'tasks-mrtr-input', 'tasks-request-headers', 'tasks-dispatch-and-envelope', 'tasks-required-task-error',
    'tasks-mrtr-composition', 'json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation',
  ],
};

// Exceptions: "scenario" or "scenario:check" to the status of a check, a part of its words, and why it is not held against
// the server.
const notWritten = { 'tasks-status-notifications': {
  status: 'SKIPPED', says: 'The harness needs a rewrite against the new channel',
  why: 'the suite itself has no check yet: it always skips' } };
const skillScenarios = ['sep-2640-skills-directory', 'sep-2640-skills-enumeration', 'sep-2640-skills-manifest'];
const skills = {
  status: 'SKIPPED', says: 'Server did not declare the io.modelcontextprotocol/skills extension',
  why: 'an extension (SEP-2640) with methods of its own that is not offered: nothing may be checked' };
const noFixture = (tool) => ({
  status: 'FAILURE', says: `Not testable: server does not list the diagnostic tool '${tool}'`,
  why: 'needs a tool that only the fixture server has' });
const noMutation = (list) => ({
  status: 'WARNING', says: `Mutated the ${list} list but no notifications/${list}s/list_changed arrived`,
  why: 'the suite means to change the list by a tool that only the fixture server has' });
// Neither good nor bad to the suite; anything else it remarks on is looked at first.
const remarks = {
  'server-sse-multiple-streams:server-sse-streams-functional': 'SSE streams optional',
  // The minutes of that scenario.
  'server-sse-polling:outgoing-request': 'Sending',
  'server-sse-polling:incoming-response': 'Received 200 response',
  'server-sse-polling:incoming-sse-event': 'Received SSE',
  'server-sse-polling:stream-closed': 'POST SSE stream closed after',
};

// What needs no fixture, so that the product has to pass it too.
const generic = {
  '2025-11-25': [
    'server-initialize', 'server-session-lifecycle', 'ping', 'logging-set-level', 'tools-list', 'resources-list',
    'prompts-list', 'server-sse-multiple-streams', 'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'server-stateless', 'tools-list', 'resources-list', 'prompts-list', 'server-sse-multiple-streams',
    'dns-rebinding-protection', 'sep-2164-resource-not-found', 'caching', 'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
};

const each = (revision, names, ...more) =>
  names.map((name) => ({ args: ['--scenario', name, '--spec-version', revision, ...more], expects: [name] }));

const requirements = (revision, scenarios, exceptions = {}) => ({
  server: 'fixture',
  passes: [{ args: ['--requirements', revision], scenarios, expects: unscored[revision] }],
  exceptions,
});

const runs = {
  '2025-11-25': requirements('2025-11-25', 33),
  '2026-07-28': requirements('2026-07-28', 50, notWritten),
  'old-suite': { server: 'fixture', passes: [{ suite: 'old', args: [], scenarios: 30 }] },
  'older-revisions': {
    server: 'fixture',
    passes: ['2025-06-18', '2025-03-26'].map((revision) => ({ args: ['--suite', 'all', '--spec-version', revision] })),
  },
  skills: {
    server: 'fixture',
    // Extensions belong to no revision: only --force runs them at one.
    passes: each('2026-07-28', skillScenarios, '--force'),
    exceptions: Object.fromEntries(skillScenarios.map((name) => [name, skills])),
  },
  product: {
    server: 'product',
    passes: Object.entries(generic).flatMap(([revision, names]) => each(revision, names)),
    exceptions: {
      'server-stateless:sep-2575-server-rejects-undeclared-capability': noFixture('test_missing_capability'),
      'server-stateless:sep-2575-missing-capability-http-400': noFixture('test_missing_capability'),
      'server-stateless:sep-2575-http-server-no-independent-requests-on-stream': noFixture('test_streaming_elicitation'),
      'server-stateless:sep-2575-server-no-log-without-loglevel': noFixture('test_logging_tool'),
      'server-stateless:sep-2575-server-sends-prompts-list-changed-on-subscription': noMutation('prompt'),
      'server-stateless:sep-2575-server-sends-tools-list-changed-on-subscription': noMutation('tool'),
    },
  },
};

const servers = {
  fixture: [process.env.FIXTURE_SERVER, ['--http', '127.0.0.1:0'], 'stdout'],
  product: [process.env.MCP_PVE, ['--simulate', '--http', '127.0.0.1:0'], 'stderr'],
};

/** Runs the suite once; gives its exit code, its words, and the checks of each scenario. */
async function suite(url, { suite: which = 'current', args }) {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const child = spawn(process.execPath, [suites[which], 'server', '--url', url, '-o', folder, ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    child.stdout.on('data', (data) => { words += data; });
    child.stderr.on('data', (data) => { words += data; });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    return { code, words, scenarios: await checksIn(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checksIn(folder) {
  const scenarios = new Map();
  for (const entry of (await readdir(folder)).sort()) {
    const name = entry.match(/^server-(.*)-\d{4}-\d\d-\d\dT[-\dZ]+$/)?.[1];
    assert.ok(name, `an unknown result of the suite: ${entry}`);
    // A scenario that was left out has an empty folder.
    const files = await readdir(join(folder, entry));
    const text = files.includes('checks.json') ? await readFile(join(folder, entry, 'checks.json'), 'utf8') : '[]';
    scenarios.set(name, JSON.parse(text));
  }
  return scenarios;
}

const wordsOf = (check) => check.errorMessage ?? check.description ?? '';

/** Why this check is not held against the server: the key of an exception, true of a remark; else nothing. */
function excused(scenario, check, exceptions) {
  if (check.status === 'INFO') return wordsOf(check).includes(remarks[`${scenario}:${check.id}`] ?? '\0');
  return [scenario, `${scenario}:${check.id}`].find((key) => {
    const { status, says } = exceptions[key] ?? {};
    return check.status === status && wordsOf(check).includes(says);
  });
}

/** Holds one answer of the suite against what was expected of it; counts, and gives what is wrong. */
function judge(pass, answer, exceptions, used, counts) {
  const wrong = [];
  let mayFail = false;
  for (const [scenario, checks] of answer.scenarios) {
    counts.scenarios += 1;
    for (const check of checks) {
      counts[check.status] = (counts[check.status] ?? 0) + 1;
      if (check.status === 'SUCCESS') continue;
      const excuse = excused(scenario, check, exceptions);
      if (!excuse) wrong.push(`${check.status} ${scenario}: ${check.id}: ${wordsOf(check)}`);
      if (typeof excuse === 'string') used.add(excuse);
      mayFail ||= excuse && check.status === 'FAILURE';
    }
    const passed = checks.some((check) => check.status === 'SUCCESS');
    if (!passed && !(scenario in exceptions)) wrong.push(`${scenario}: nothing was checked`);
  }
  for (const name of pass.expects ?? []) {
    if (!answer.scenarios.has(name)) wrong.push(`${name}: was not run`);
  }
  const { size } = answer.scenarios;
  if (size === 0) wrong.push(`no scenario was run: ${answer.words}`);
  if (pass.scenarios && size < pass.scenarios) wrong.push(`only ${size} of ${pass.scenarios} scenarios were run`);
  if (answer.code !== 0 && !mayFail) wrong.push(`the suite ended with ${answer.code}: ${answer.words.slice(-500)}`);
  return wrong;
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(runs)) {
  const run = runs[name];
  assert.ok(run, `no run "${name}"; there are ${Object.keys(runs).join(', ')}`);
  const [command, args, channel] = servers[run.server];
  assert.ok(command, `the environment must name the server for the run "${name}"`);
  const exceptions = run.exceptions ?? {};
  const counts = { scenarios: 0, SUCCESS: 0, FAILURE: 0, WARNING: 0, SKIPPED: 0 };
  const used = new Set();
  const wrong = [];
  await withHttpServer(command, args, channel, async (url) => {
    for (const pass of run.passes) wrong.push(...judge(pass, await suite(url, pass), exceptions, used, counts));
  });
  for (const key of Object.keys(exceptions)) {
    if (!used.has(key)) wrong.push(`the exception "${key}" is not needed`);
  }
  console.log(`${name}: ${counts.scenarios} scenarios; checks: ${counts.SUCCESS} passed, ${counts.FAILURE} failed, ` +
    `${counts.WARNING} warnings, ${counts.SKIPPED} skipped; ${used.size} exceptions`);
  for (const line of wrong) console.log(`  ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}
