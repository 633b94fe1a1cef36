// What the client tests share: the binary under test, and checks that say what they saw.
import assert from 'node:assert/strict';

export const binary = process.env.MCP_PVE;
assert.ok(binary, 'MCP_PVE must name the binary under test');

/** The environment of a server: nothing of the caller's settings. */
export const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: '/nonexistent' };

/** Tools listed per tier: the contract. */
export const tiers = { full: 105, 'read-execute': 68, 'read-only': 51 };

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

/** Follows the task that a call started to its end; gives its exit status. */
export async function taskEnd(client, node, text) {
  const upid = upidIn(text);
  assert.ok(upid, `no UPID in: ${text}`);
  for (let tries = 0; tries < 100; ++tries) {
    const status = JSON.parse(await works(client, 'pve_get_task_status', { node, upid }));
    if (status.status === 'stopped') return status.exitstatus;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the task does not end: ${upid}`);
}

/** What every client does with a full server: the main job, start to end. */
export async function mainJob(client) {
  const nodes = JSON.parse(await works(client, 'pve_list_nodes'));
  assert.deepEqual(nodes.map((node) => node.node).sort(), ['pve1', 'pve2', 'pve3']);
  const guests = JSON.parse(await works(client, 'pve_list_qemu_vms', { node: 'pve1' }));
  assert.ok(guests.length > 0);
  const vmid = Math.min(...guests.filter((guest) => !guest.template).map((guest) => Number(guest.vmid)));
  const config = JSON.parse(await works(client, 'pve_get_qemu_config', { node: 'pve1', vmid }));
  assert.match(config.digest, /^[0-9a-f]{40}$/);
  const started = await works(client, 'pve_create_qemu_snapshot', { node: 'pve1', vmid, snapname: 'fromclient' });
  assert.equal(await taskEnd(client, 'pve1', started), 'OK');
  const snapshots = JSON.parse(await works(client, 'pve_list_qemu_snapshots', { node: 'pve1', vmid }));
  assert.ok(snapshots.some((snapshot) => snapshot.name === 'fromclient'));
  await fails(client, 'pve_get_qemu_config', { node: 'pve1', vmid: 99999 }, /99999/);
  await fails(client, 'pve_get_qemu_config', { node: '../x', vmid }, /node/);
  await fails(client, 'pve_get_qemu_config', { node: 'pve1' }, /vmid/);
}

/** What a limited tier hides is not callable either. */
export async function hiddenIsRefused(client, tier) {
  const listed = (await client.listTools()).tools.map((tool) => tool.name);
  assert.equal(listed.length, tiers[tier]);
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
