// Starts a server under test on a free port, and ends it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Runs `use(url)` against a server of its own. The server names its URL in its first line of `channel`. */
export async function withHttpServer(command, args, channel, use) {
  const child = spawn(command, args, {
    stdio: ['ignore', channel === 'stdout' ? 'pipe' : 'inherit', channel === 'stderr' ? 'pipe' : 'inherit'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: '/nonexistent' },
  });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  try {
    return await use(await announced(child, channel, ended));
  } finally {
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(forced);
  }
}

/** The URL, with the host name that the suite wants to see. Other lines go where they would have gone. */
function announced(child, channel, ended) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    ended.then((code) => reject(new Error(`the server ended (${code}) before it listened`)));
    createInterface({ input: child[channel] }).on('line', (line) => {
      const url = line.match(/https?:\/\/\S+/)?.[0];
      if (url) resolve(url.replace('127.0.0.1', 'localhost'));
      if (channel === 'stderr') console.error(line);
    });
  });
}
