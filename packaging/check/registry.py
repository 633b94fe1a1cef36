#!/usr/bin/python3
"""registry.py PORT-FILE TARBALL...: a registry of npm on this machine with these packages and no others.

Writes the number of its port into PORT-FILE, and serves until it is ended.
"""
import base64
import hashlib
import http.server
import json
import pathlib
import sys
import tarfile
import urllib.parse


def described(path, address):
    """The name of a package, and what a registry says about it."""
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("package/package.json"))
    sum512 = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    manifest["dist"] = {"tarball": f"{address}/-/{path.name}", "integrity": f"sha512-{sum512}"}
    version = manifest["version"]
    return manifest["name"], {"name": manifest["name"], "dist-tags": {"latest": version}, "versions": {version: manifest}}


class Registry(http.server.BaseHTTPRequestHandler):
    packages: dict = {}
    files: dict = {}

    def do_GET(self):
        name = urllib.parse.unquote(self.path).lstrip("/")
        if name in self.packages:
            self.reply(200, json.dumps(self.packages[name]).encode(), "application/json")
        elif name.removeprefix("-/") in self.files:
            self.reply(200, self.files[name.removeprefix("-/")].read_bytes(), "application/octet-stream")
        else:
            self.reply(404, b'{"error": "not found"}', "application/json")

    def reply(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main(port_file, *paths):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    files = [pathlib.Path(path) for path in paths]
    Registry.files = {path.name: path for path in files}
    Registry.packages = dict(described(path, f"http://127.0.0.1:{server.server_port}") for path in files)
    pathlib.Path(port_file + ".new").write_text(str(server.server_port))
    pathlib.Path(port_file + ".new").rename(port_file)
    server.serve_forever()


main(*sys.argv[1:])
