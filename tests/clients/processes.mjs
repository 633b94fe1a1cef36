// Processes under test: started, known by what they print, ended.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `until(line)` gives what the caller waits for, or nothing; lines of both streams are asked. */
export class Process {
  #child;
  #said = [];

  constructor(command, args, environment = {}) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...environment },
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(signal ?? code));
      this.#child.once('error', (error) => resolve(error.message));
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface({ input: stream }).on('line', (line) => { this.#hear(line); });
  }

  #waiting = () => {};

  #hear(line) {
    this.#said = [...this.#said.slice(-49), line];
    this.#waiting(line);
  }

  get pid() { return this.#child.pid; }
  /** The last lines it printed. */
  get said() { return this.#said; }
  get running() { return this.#child.exitCode === null && this.#child.signalCode === null; }

  until(find) {
    return new Promise((resolve, reject) => {
      this.ended.then((how) => reject(new Error(`ended (${how}): ${this.#said.join('\n')}`)));
      this.#waiting = (line) => {
        const found = find(line);
        if (found) resolve(found);
      };
      for (const line of [...this.#said]) this.#waiting(line);
    });
  }

  kill(signal = 'SIGTERM') {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** Runs `use(start, folder)`; ends all that was started there, last first, and removes the folder. */
export async function withProcesses(use) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pve-'));
  const started = [];
  const start = (...how) => {
    started.push(new Process(...how));
    return started.at(-1);
  };
  try {
    return await use(start, folder);
  } finally {
    for (const process of started.reverse()) {
      if (!process.running) continue;
      const forced = setTimeout(() => process.kill('SIGKILL'), 15_000);
      await process.kill();
      clearTimeout(forced);
    }
    rmSync(folder, { recursive: true });
  }
}

/** An MCP server's URL, in whichever line it says it. */
export const urlOf = (process) => process.until((line) => line.match(/https?:\/\/\S+:[1-9]\d*\/mcp\b/)?.[0]);

/** A port that was free a moment ago, for what cannot choose one itself. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
