// The user is asked, and nothing happens unless the answer is an explicit yes: by real clients of both eras and by a
// client that answers nonsense, over stdio and over HTTP, on the fixture server (FIXTURE_SERVER).
import assert from 'node:assert/strict';
import { Client as Client2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { command, main, withServer, withTransport } from './fixture.mjs';
import { RawHttp, RawStdio, envelope } from './raw.mjs';

const yes = { action: 'accept', content: { confirm: true } };

/** What the client says to each question in turn; "throws" for a client that fails. */
const behaviours = {
  accepted: { answers: [yes], deleted: true },
  'accepted with no': { answers: [{ action: 'accept', content: { confirm: false } }] },
  declined: { answers: [{ action: 'decline' }] },
  cancelled: { answers: [{ action: 'cancel' }] },
  empty: { answers: [{ action: 'accept', content: {} }] },
  'without content': { answers: [{ action: 'accept' }] },
  'yes as a text': { answers: [{ action: 'accept', content: { confirm: 'true' } }] },
  'yes as a number': { answers: [{ action: 'accept', content: { confirm: 1 } }] },
  'declined with a yes inside': { answers: [{ action: 'decline', content: { confirm: true } }] },
  throws: { answers: ['throws'] },
  absent: { answers: null },
};
const twice = {
  'yes and yes': { answers: [yes, yes], deleted: true },
  'yes and no': { answers: [yes, { action: 'decline' }] },
  'no and yes': { answers: [{ action: 'decline' }, yes] },
};

/** Only raw clients can say these: the others refuse to. */
const nonsense = {
  'unknown action': { action: 'perhaps', content: { confirm: true } },
  'no action': { content: { confirm: true } },
  'action of another type': { action: true, content: { confirm: true } },
  'content of another type': { action: 'accept', content: [true] },
  'a text': 'yes',
  'a number': 1,
  null: null,
};

/** The words of a call, whichever way they came, and whether it was a success. */
async function outcome(call) {
  try {
    const result = await call;
    return { text: result.content.map((block) => block.text).join(), succeeded: !result.isError };
  } catch (error) {
    return { text: error.message, succeeded: false };
  }
}

/** `open(answer)` gives a client whose user answers like that, without one a client that cannot ask. */
async function behaves(label, open, tool, name, { answers, deleted = false }) {
  const asked = [];
  const answer = (params) => {
    asked.push(params.message);
    // A client is asked again after nonsense; it then has nothing better to say.
    const said = answers[Math.min(asked.length, answers.length) - 1];
    if (said === 'throws') throw new Error('nobody there');
    return said;
  };
  const client = await open(answers && answer);
  try {
    const { text, succeeded } = await outcome(client.callTool({ name: tool, arguments: { name: 'web01' } }));
    assert.equal(succeeded, deleted, `${label}, ${name}: ${text}`);
    if (deleted) assert.match(text, /^Deleted web01/);
    else assert.doesNotMatch(text, /^Deleted/);
    if (answers) assert.match(asked[0] ?? '', /^Delete web01\?/, `${label}, ${name}: asked first; then ${text}`);
    else assert.match(text, /elicitation/i, `${label}, ${name}: the text says what is missing`);
    return asked;
  } finally {
    await client.close();
  }
}

async function allBehaviours(label, open) {
  for (const [name, behaviour] of Object.entries(behaviours)) await behaves(label, open, 'delete_thing', name, behaviour);
  for (const [name, behaviour] of Object.entries(twice)) {
    const asked = await behaves(label, open, 'delete_thing_twice_asked', name, behaviour);
    assert.equal(asked.length, name === 'no and yes' ? 1 : 2, `${label}, ${name}: ${asked}`);
  }
  console.log(`${label}: ${Object.keys(behaviours).length + Object.keys(twice).length} behaviours`);
}

async function sdk1(transport, answer) {
  const client = new Client1({ name: 'test-sdk1', version: '1' }, { capabilities: answer ? { elicitation: {} } : {} });
  if (answer) client.setRequestHandler(ElicitRequestSchema, async (request) => answer(request.params));
  await client.connect(transport);
  return client;
}

async function sdk2(transport, answer) {
  const client = new Client2({ name: 'test-sdk2', version: '1' }, {
    versionNegotiation: { mode: { pin: '2026-07-28' } },
    capabilities: answer ? { elicitation: { form: {} } } : {},
    inputRequired: { maxRounds: 4 },
  });
  if (answer) client.setRequestHandler('elicitation/create', async (request) => answer(request.params));
  await client.connect(transport);
  assert.equal(client.getProtocolEra(), 'modern');
  return client;
}

/** A raw client as if it were one of the others. */
async function rawClient(raw, modern, answer) {
  const capabilities = answer ? { elicitation: {} } : {};
  raw.answer = ({ method, params }) => {
    assert.equal(method, 'elicitation/create');
    return { result: answer(params) };
  };
  if (!modern) await raw.initialize(capabilities);
  const call = async (params) => {
    const { result, error } = await raw.request('tools/call', params);
    if (error) throw new Error(error.message);
    return result;
  };
  return {
    close: () => raw.close(),
    async callTool(params) {
      if (!modern) return call(params);
      const first = { ...params, _meta: envelope(capabilities) };
      let result = await call(first);
      for (let round = 0; result.resultType === 'input_required'; ++round) {
        if (round === 4) throw new Error('asked again and again');
        const answers = Object.entries(result.inputRequests).map(([key, { params: asked }]) => [key, answer(asked)]);
        result = await call(
          { ...first, inputResponses: Object.fromEntries(answers), requestState: result.requestState });
      }
      return result;
    },
  };
}

/** A state is good on every server that has the key, for the same call only, and on no other server. */
async function replicas() {
  const capabilities = { elicitation: {} };
  const call = (name, more = {}, tool = 'delete_thing') =>
    ({ name: tool, arguments: { name }, _meta: envelope(capabilities), ...more });
  await withServer(['--state-key', 'shared'], (one) => withServer(['--state-key', 'shared'], (two) =>
    withServer(['--state-key', 'another'], async (stranger) => {
      const at = (url, params) => new RawHttp(url).request('tools/call', params);
      const asked = (await at(one, call('web01'))).result;
      assert.equal(asked.resultType, 'input_required');
      const [key] = Object.keys(asked.inputRequests);
      const answered = { inputResponses: { [key]: yes }, requestState: asked.requestState };
      const { result } = await at(two, call('web01', answered));
      assert.equal(result.content[0].text, 'Deleted web01.');
      for (const [what, response] of Object.entries({
        'another key': await at(stranger, call('web01', answered)),
        'other arguments': await at(two, call('web02', answered)),
        'another tool': await at(two, call('web01', answered, 'delete_thing_twice_asked')),
        'a changed state': await at(two, call('web01', { ...answered, requestState: `${asked.requestState}x` })),
        'a state of another type': await at(two, call('web01', { ...answered, requestState: 1 })),
      })) {
        assert.equal(response.error?.code, -32602, `${what}: ${JSON.stringify(response)}`);
      }
      // The first answer travels in the state from one server to the other.
      let round = (await at(one, call('web01', {}, 'delete_thing_twice_asked'))).result;
      for (const [url, expected] of [[two, 'second'], [one, undefined]]) {
        const [current] = Object.keys(round.inputRequests);
        const answers = { inputResponses: { [current]: yes }, requestState: round.requestState };
        round = (await at(url, call('web01', answers, 'delete_thing_twice_asked'))).result;
        assert.equal(Object.keys(round.inputRequests ?? {})[0], expected);
      }
      assert.equal(round.content[0].text, 'Deleted web01 with its backups.');
      console.log('replicas: states travel, and only where they may');
    })));
}

async function sayNonsense(label, open) {
  for (const [name, said] of Object.entries(nonsense)) {
    await behaves(label, open, 'delete_thing', name, { answers: [said] });
  }
  await behaves(label, open, 'delete_thing', 'accepted', behaviours.accepted);
  console.log(`${label}: ${Object.keys(nonsense).length} kinds of nonsense`);
}

/** A question that nobody answers is a no: withdrawn in the end, and until then the call tells that it waits. */
async function silent() {
  const args = ['--patience', '300:100'];
  const say = async (label, raw) => {
    const asked = [];
    const heard = [];
    raw.answer = (request) => { asked.push(request); };
    raw.hear = (method, params) => heard.push({ method, params });
    await raw.initialize({ elicitation: {} });
    const call = { name: 'delete_thing', arguments: { name: 'web01' }, _meta: { progressToken: 'p' } };
    const { result } = await raw.request('tools/call', call);
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /^Nothing was changed: .*"Delete web01\?".* no answer came within 1 s\.$/);
    assert.deepEqual(asked.map((request) => request.method), ['elicitation/create']);
    const told = heard.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params);
    assert.equal(told.length, 2, JSON.stringify(heard));
    assert.ok(told[0].progressToken === 'p' && told[1].progress > told[0].progress && told[0].progress > 0);
    assert.deepEqual(heard.at(-1), { method: 'notifications/cancelled', params: { requestId: asked[0].id } });
    await raw.close();
    console.log(`${label}: refused after ${told.length} signs of life`);
  };
  await say('silent, stdio', new RawStdio(command, args));
  await withServer(args, (url) => say('silent, http', new RawHttp(url)));
}

const programs = { replicas, silent };
for (const transport of ['stdio', 'http']) {
  for (const [name, connect] of Object.entries({ sdk1, sdk2 })) {
    programs[`${name}_${transport}`] = () => withTransport(name, transport, (open) =>
      allBehaviours(`${name}, ${transport}`, (answer) => connect(open(), answer)));
  }
  programs[`raw_${transport}`] = () => withTransport('raw', transport, async (open) => {
    for (const era of ['legacy', 'modern'])
      await sayNonsense(`raw ${era}, ${transport}`, (answer) => rawClient(open(), era === 'modern', answer));
  });
}
await main(programs);
