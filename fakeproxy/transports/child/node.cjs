"use strict";
// Node runs this at its start where NODE_OPTIONS names it, as in the tunnel's environment. Workers and children of Node
// run it too. Every connection to a host of Twilio's goes to the tunnel's direct port, whatever client opens it. There
// a TLS connection gets a certificate for the name that it asks for. For all versions of Node, CommonJS and ESM.

const net = require("net");

const [address, port] = (process.env.FAKEPROXY_DIRECT || "").split(":");
const allowed = new Set((process.env.FAKEPROXY_ALLOW_HOSTS || "").toLowerCase().split(/\s+/));
const LOCAL = new Set(["localhost", "127.0.0.1", "::1"]);
const PROXY = /^proxy(\.[a-z0-9-]+){0,2}\.twilio\.com$/;
const TWILIO = /(^|\.)twilio\.com$/;

/** Return whether the fake answers for this host, or stops what is sent to it. */
function isTaken(host) {
  const name = typeof host === "string" ? host.toLowerCase().replace(/\.$/, "") : "";
  return PROXY.test(name) || (TWILIO.test(name) && !allowed.has(name));
}

/** Return the options of a call of connect(), which also takes (port, host), and from Node itself [options, callback]. */
function optionsOf(args) {
  if (Array.isArray(args[0])) return args[0][0];
  if (args[0] !== null && typeof args[0] === "object") return args[0];
  return typeof args[1] === "string" ? { port: args[0], host: args[1] } : {};
}

const connect = net.Socket.prototype.connect;

function connectToFake(...args) {
  const options = optionsOf(args);
  const host = [options.host, LOCAL.has(options.host) ? undefined : options.servername].find(isTaken);
  if (host === undefined || options.path) return connect.apply(this, args);
  if (this.encrypted) {
    if (/^\W*h2\W*$/.test(String(options.ALPNProtocols || ""))) {
      const text = `fakeproxy answers for ${host} in HTTP/1.1 only; use a client that does not insist on HTTP/2`;
      process.nextTick(() => this.destroy(new Error(text)));
      return this;
    }
    if (!options.servername) this.setServername(host);
  }
  const redirected = { ...options, host: address, port: Number(port) };
  for (const name of ["lookup", "localAddress", "localPort", "family"]) delete redirected[name];
  if (Array.isArray(args[0])) {
    args[0][0] = redirected;
    return connect.apply(this, args);
  }
  return connect.call(this, redirected, args.find((argument) => typeof argument === "function"));
}

if (port) net.Socket.prototype.connect = connectToFake;
