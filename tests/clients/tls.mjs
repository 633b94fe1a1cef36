// HTTPS with a certificate of one's own: new files are taken up while the server runs, broken ones are not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './programs.mjs';
import { ran, withServer } from './product.mjs';

/** A self-signed pair in files of these names; gives the certificate's text and fingerprint. */
function makePair(certificate, key) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  const text = readFileSync(certificate, 'utf8');
  return { text, fingerprint: new X509Certificate(text).fingerprint256 };
}

/** The certificate that a new connection, which trusts `ca` alone, is shown: its fingerprint. */
const shown = (url, ca) => new Promise((resolve, reject) => {
  const sent = request(new URL('/health', url), { ca, agent: false }, (response) => {
    const { fingerprint256 } = response.socket.getPeerCertificate();
    response.resume().once('end', () => (response.statusCode === 200 ? resolve(fingerprint256) : reject(new Error(`${response.statusCode}`))));
  });
  sent.once('error', reject).setTimeout(10_000, () => sent.destroy(new Error('not answered for 10 s'))).end();
});

async function renewed() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const file = (name) => join(folder, name);
  const [certificate, key] = [file('certificate.pem'), file('key.pem')];
  const options = ['--http-certificate', certificate, '--http-key', key];
  try {
    const first = makePair(certificate, key);
    await withServer(['--simulate', ...options], async (server) => {
      assert.match(server.url, /^https:/);
      assert.equal(await shown(server.url, first.text), first.fingerprint);

      // Made elsewhere and copied: that is how a renewed one arrives.
      const second = makePair(file('new.pem'), file('new-key.pem'));
      assert.notEqual(second.fingerprint, first.fingerprint);
      writeFileSync(key, readFileSync(file('new-key.pem')));
      writeFileSync(certificate, second.text);
      await server.said(/new certificate is in use/);
      assert.equal(await shown(server.url, second.text), second.fingerprint);
      await assert.rejects(shown(server.url, first.text), 'the old one is still shown');

      const refusals = server.log().match(/old certificate stays/g)?.length ?? 0;
      writeFileSync(certificate, 'not a certificate\n');
      await server.said(/old certificate stays/, refusals + 1);
      assert.equal(await shown(server.url, second.text), second.fingerprint);

      // A key that belongs to another certificate is as bad.
      writeFileSync(certificate, first.text);
      await server.said(/old certificate stays/, refusals + 2);
      assert.equal(await shown(server.url, second.text), second.fingerprint);
      assert.doesNotMatch(server.log(), /PRIVATE KEY/);
    });
    writeFileSync(certificate, 'not a certificate\n');
    const { status, stderr } = ran(['--simulate', '--http', '127.0.0.1:0', ...options]);
    assert.ok(status !== 0 && / error: /.test(stderr), `${status}: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log('tls: a new certificate is taken up, a broken one is not');
}

await main({ renewed });
