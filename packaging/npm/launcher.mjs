#!/usr/bin/env node
// Starts the program of this machine's package, with the same arguments, streams and signals.
import {spawn} from 'node:child_process';
import {createRequire} from 'node:module';
import {constants} from 'node:os';

const names = createRequire(import.meta.url)('./package.json');
const wanted = Object.keys(names.optionalDependencies)
  .find(name => name.endsWith(`/${process.platform}-${process.arch}`));

function program() {
  if (!wanted) {
    throw new Error(
      `mcp-pve has no program for ${process.platform} on ${process.arch}. It runs on Linux (x64 and arm64): install it ` +
      'there, for example on a Proxmox VE node, and let your client start it through ssh (command "ssh", arguments ' +
      '"root@pve", "mcp-pve"), or run it there as an HTTP service and give your client its URL. On Windows it also runs ' +
      `in WSL, and on macOS in a container. See ${names.homepage}`);
  }
  try {
    return createRequire(import.meta.url).resolve(`${wanted}/mcp-pve`);
  } catch {
    throw new Error(`The package ${wanted} is missing, because npm was told to leave out optional dependencies. ` +
      `Install it: npm install ${wanted}@${names.version}`);
  }
}

try {
  const child = spawn(program(), process.argv.slice(2), {stdio: 'inherit'});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    console.error(`mcp-pve: the program cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
} catch (error) {
  console.error(`mcp-pve: ${error.message}`);
  process.exit(1);
}
