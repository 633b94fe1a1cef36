// What the client tests share: the binary under test, and checks that say what they saw.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export const binary = process.env.MCP_PVE;
assert.ok(binary, 'MCP_PVE must name the binary under test');

/** The environment of a server: nothing of the caller's settings. */
export const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: '/nonexistent' };

export const tiers = ['full', 'read-execute', 'read-only'];

/** The names of the tools that these settings offer, by the binary's own table, which is made from the rows alone. */
export function offered(...settings) {
  const run = spawnSync(binary, ['tools', ...settings], { env: environment, encoding: 'utf8', timeout: 30_000 });
  assert.equal(run.status, 0, run.stderr);
  const lines = run.stdout.trimEnd().split('\n');
  const names = lines.map((line) => line.match(/^pve_\w+/)?.[0]).filter(Boolean);
  assert.ok(names.length > 0 && lines.at(-1) === `${names.length} tools`, run.stdout);
  return names;
}

/** The client is offered exactly what these settings offer, "--access-tier read-only"; gives the names. */
export async function expectOffered(client, ...settings) {
  const names = (await client.listTools()).tools.map((tool) => tool.name);
  assert.deepEqual(names, offered(...settings));
  return names;
}

export const textOf = (result) => result.content.map((block) => block.text ?? '').join('\n');

/** A call that must work; gives its text. */
export async function works(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name} failed: ${textOf(result)}`);
  return textOf(result);
}

/** A call that must be refused with a text that matches; gives the text. */
export async function fails(client, name, args, pattern) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, `${name} should have failed: ${textOf(result)}`);
  assert.match(textOf(result), pattern);
  return textOf(result);
}

const upidIn = (text) => text.match(/UPID:[^\s"]+/)?.[0];

/** A call that must work on a server with structured output; the client checks it against the outputSchema. */
export async function facts(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name} failed: ${textOf(result)}`);
  assert.ok(result.structuredContent, `${name} has no structuredContent`);
  assert.ok(textOf(result).length > 0);
  return result.structuredContent;
}

/** What every client does with a full server: the main job, start to end. It needs --output structured. */
export async function mainJob(client) {
  const { tools } = await client.listTools();
  assert.ok(tools.every((tool) => tool.outputSchema?.type === 'object'));
  const nodes = (await facts(client, 'pve_list_nodes')).items;
  assert.deepEqual(nodes.map((node) => node.node).sort(), ['pve1', 'pve2', 'pve3']);
  const guests = (await facts(client, 'pve_list_qemu_vms', { node: 'pve1', filter: 'status=running' })).items;
  assert.ok(guests.length > 0);
  const { vmid, name } = guests[0];
  const config = await facts(client, 'pve_get_qemu_config', { vmid });
  assert.match(config.digest, /^[0-9a-f]{40}$/);
  const done = await facts(client, 'pve_create_qemu_snapshot', { vmid: name, snapname: 'fromclient' });
  assert.equal(done.state, 'done', done.message);
  assert.match(done.upid, /^UPID:pve1:/);
  assert.equal(done.simulated, true);
  assert.equal((await facts(client, 'pve_get_task_status', { upid: done.upid, wait: 5 })).exitstatus, 'OK');
  const snapshots = (await facts(client, 'pve_list_qemu_snapshots', { node: 'pve3', vmid })).items;
  assert.ok(snapshots.some((snapshot) => snapshot.name === 'fromclient'));
  await fails(client, 'pve_get_qemu_config', { node: 'pve1', vmid: 99999 }, /99999/);
  await fails(client, 'pve_get_qemu_config', { node: '../x', vmid }, /node/);
  await fails(client, 'pve_get_qemu_config', { node: 'pve1' }, /vmid/);
}

/** The same server as a person's assistant reads it. */
export async function textJob(client) {
  assert.match(await works(client, 'pve_list_nodes'), /^3 nodes: 3 online\nnode\|status\|/);
  assert.match(await works(client, 'pve_start_qemu_vm', { vmid: 118, node: 'pve1' }),
    /^VM 118 is on pve2, not pve1; the call was sent to pve2.\nVM 118.* started\./);
  assert.match(await works(client, 'pve_start_qemu_vm', { vmid: 118 }), /runs already/);
}

/** What a limited tier hides is not callable either. */
export async function hiddenIsRefused(client, tier) {
  const listed = await expectOffered(client, '--access-tier', tier);
  assert.ok(!listed.includes('pve_delete_qemu_vm'));
  let text;
  try {
    const result = await client.callTool({ name: 'pve_delete_qemu_vm', arguments: { node: 'pve1', vmid: 100 } });
    assert.equal(result.isError, true, 'a hidden tool ran');
    text = textOf(result);
  } catch (error) {
    text = error.message;
  }
  assert.match(text, /pve_delete_qemu_vm|tier|full/);
}
