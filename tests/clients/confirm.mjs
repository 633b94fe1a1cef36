// Real clients of both eras delete a guest of the simulated cluster: one whose user is asked and says yes, one whose user
// says no, and one that cannot ask, which gets the plan and repeats the call with its id.
import assert from 'node:assert/strict';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { kinds, makeClient, withServer } from './product.mjs';
import { binary, environment, fails, textOf, works } from './session.mjs';

const [kind, transport] = process.argv[2].split(/_(?=[^_]*$)/);
const args = ['--simulate', '--output', 'structured'];
const guest = { vmid: 118 };
const yes = { action: 'accept', content: { confirm: true } };

/** `answers`: what the user says to each question in turn; null: a client that cannot ask. */
async function connected(answers, use) {
  const asked = [];
  const client = makeClient(kind, answers ? { elicitation: {} } : {});
  const answer = (request) => {
    asked.push(request.params.message);
    return answers.shift();
  };
  if (answers) client.setRequestHandler(client instanceof Client1 ? ElicitRequestSchema : 'elicitation/create', answer);
  const Transport = kinds[kind].transports[transport];
  const run = async (made) => {
    await client.connect(made);
    try {
      await client.listTools();
      await use(client, asked);
    } finally {
      await client.close();
    }
  };
  if (transport === 'http') return withServer(args, (server) => run(new Transport(new URL(server.url))));
  return run(new Transport({ command: binary, args, env: environment, stderr: 'inherit' }));
}

await connected([{ action: 'decline' }, { action: 'cancel' }, yes], async (client, asked) => {
  for (let round = 0; round < 2; ++round)
    await fails(client, 'pve_delete_qemu_vm', guest, /^VM 118 \(test-restore\) on pve2 was not deleted: the user/);
  assert.match(await works(client, 'pve_get_qemu_status', guest), /test-restore/);
  assert.match(await works(client, 'pve_delete_qemu_vm', guest), /VM 118 \(test-restore\) on pve2 deleted/);
  assert.equal(asked.length, 3);
  for (const question of asked) assert.match(question, /Plan for deleting VM 118 .*\nCreated: .* UTC\.\nLost for good: the VM .*\n/);
  // What destroys nothing asks nothing.
  await works(client, 'pve_update_qemu_config', { vmid: 100, description: 'a note' });
  assert.equal(asked.length, 3);
});

await connected(null, async (client) => {
  const plan = await client.callTool({ name: 'pve_delete_qemu_vm', arguments: { ...guest, dry_run: true } });
  assert.ok(!plan.isError, textOf(plan));
  assert.equal(plan.structuredContent.plan.request.method, 'DELETE');
  assert.equal(plan.structuredContent.plan.confirm, undefined);
  const refused = await client.callTool({ name: 'pve_delete_qemu_vm', arguments: guest });
  assert.equal(refused.isError, true);
  const { confirm } = refused.structuredContent.plan;
  assert.match(textOf(refused), new RegExp(`confirm: "${confirm}"`));
  await fails(client, 'pve_delete_qemu_vm', { vmid: 109, confirm }, /another tool or other arguments/);
  assert.match(await works(client, 'pve_delete_qemu_vm', { ...guest, confirm }), /VM 118 \(test-restore\) on pve2 deleted/);
});
console.log(`${kind} over ${transport}: done`);
