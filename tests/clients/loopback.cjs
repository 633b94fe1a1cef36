// Preloaded into programs that would listen on every address: they listen on this machine only.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const port = typeof args[0] === 'object' ? args[0]?.port : args[0];
  if (port === undefined || port === null) return listen.apply(this, args);
  const then = args.findLast((arg) => typeof arg === 'function');
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, ...(then ? [then] : []));
};
