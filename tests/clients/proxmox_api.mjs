// A client made for real PVE, against the simulator over HTTPS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { binary, environment } from './session.mjs';

// The certificate is made anew at each start.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');
process.on('warning', () => {});
const { default: proxmoxApi, ProxmoxEngine } = await import('proxmox-api');

const simulator = spawn(binary, ['simulate', '--listen', '127.0.0.1:0'],
                        { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
const settings = {};
for await (const line of createInterface({ input: simulator.stdout })) {
  const match = line.match(/(PVE_\w+)='([^']*)'/);
  if (match) settings[match[1]] = match[2];
  if (settings.PVE_FINGERPRINT) break;
}

try {
  const url = new URL(settings.PVE_BASE_URL);
  const engine = (secret) => new ProxmoxEngine({
    host: url.hostname, port: Number(url.port), tokenID: settings.PVE_TOKEN_ID, tokenSecret: secret,
  });
  const proxmox = proxmoxApi(engine(settings.PVE_TOKEN_SECRET));

  assert.equal((await proxmox.version.$get()).version.split('.')[0], '9');
  const nodes = await proxmox.nodes.$get();
  assert.deepEqual(nodes.map((node) => node.node).sort(), ['pve1', 'pve2', 'pve3']);
  const node = proxmox.nodes.$('pve1');
  const guests = (await node.qemu.$get({ full: true })).filter((guest) => !guest.template);
  assert.ok(guests.length > 0);
  const guest = node.qemu.$(guests[0].vmid);
  const config = await guest.config.$get();
  assert.match(config.digest, /^[0-9a-f]{40}$/);

  const upid = await guest.snapshot.$post({ snapname: 'byapi', description: 'a; b & c = ä + %' });
  assert.match(upid, /^UPID:pve1:/);
  let status;
  do {
    status = await node.tasks.$(upid).status.$get();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (status.status === 'running');
  assert.equal(status.exitstatus, 'OK');
  const made = (await guest.snapshot.$get()).find((snapshot) => snapshot.name === 'byapi');
  assert.ok(made.description.includes('a; b & c = ä + %'), made.description);

  await assert.rejects(node.qemu.$(99999).config.$get(), /99999|500/);
  await assert.rejects(proxmoxApi(engine('00000000-0000-0000-0000-000000000000')).nodes.$get(), /401|uthent/);
  console.log(`proxmox-api: version, ${nodes.length} nodes, ${guests.length} guests, a snapshot and its task, refusals`);
} finally {
  simulator.kill('SIGTERM');
}
const code = await new Promise((resolve) => simulator.on('exit', resolve));
assert.equal(code, 0);
