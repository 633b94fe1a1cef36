#!/usr/bin/python3
"""Writes the descriptions of the packages: manifests.py WHAT [ARGUMENT...]

npm FOLDER             package.json of the package that users install
npm-platform FOLDER ARCH  package.json of the package with the program for "x64" or "arm64"
mcpb FOLDER TOOLS      manifest.json for Claude Desktop; TOOLS is a result of tools/list
debian FOLDER          control, copyright and changelog of the .deb, from the files with @MARKS@ there
server FILE SHA256     server.json for the MCP Registry; SHA256 is the sum of the .mcpb file

VERSION is in the environment, and the names are in the file beside this one.
"""
import email.utils
import json
import os
import pathlib
import re
import shlex
import sys

HERE = pathlib.Path(__file__).resolve().parent
VERSION = os.environ["VERSION"]
NAMES = dict(word.split("=", 1) for line in (HERE / "names").read_text().splitlines()
             if line and not line.startswith("#") for word in shlex.split(line))
DESCRIPTION = "MCP server for Proxmox VE: see and run VMs, containers, storage, backups, firewall and HA."
assert len(DESCRIPTION) <= 100

# What a user must or should say, by variable: title, description, kind, default.
SETTINGS = {
    "PVE_BASE_URL": ("Address", "The address of Proxmox VE, such as https://pve.example.com:8006", "required", None),
    "PVE_TOKEN_ID": ("API token's id", "Such as mcp@pve!mcp (Datacenter > Permissions > API Tokens)", "required", None),
    "PVE_TOKEN_SECRET": ("API token's secret", "The UUID that Proxmox VE showed when the token was made", "secret", None),
    "PVE_FINGERPRINT": ("Certificate's fingerprint",
                        "SHA-256 of the node's own certificate, as pvenode cert info shows it; empty for one that an "
                        "authority has signed", "optional", ""),
    "PVE_ACCESS_TIER": ("Access tier", "read-only, read-execute (and power, migration, backup) or full", "optional",
                        "read-only"),
}


def write(path, content):
    path = pathlib.Path(path)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def npm_common(name):
    return {"name": name, "version": VERSION, "description": DESCRIPTION, "license": "MIT", "author": NAMES["AUTHOR"],
            "homepage": NAMES["REPOSITORY"], "repository": {"type": "git", "url": f"git+{NAMES['REPOSITORY']}.git"}}


def npm(folder):
    package = npm_common(NAMES["NPM_NAME"])
    package |= {"mcpName": NAMES["REGISTRY_NAME"], "keywords": ["mcp", "proxmox", "pve", "model-context-protocol"],
                "type": "module", "bin": {"mcp-pve": "launcher.mjs"}, "files": ["launcher.mjs"],
                "engines": {"node": ">=18"},
                "optionalDependencies": {f"{NAMES['NPM_SCOPE']}/linux-{arch}": VERSION for arch in ("x64", "arm64")}}
    write(f"{folder}/package.json", package)


def npm_platform(folder, arch):
    package = npm_common(f"{NAMES['NPM_SCOPE']}/linux-{arch}")
    package |= {"description": f"The program of {NAMES['NPM_NAME']} for Linux on {arch}.", "os": ["linux"], "cpu": [arch],
                "files": ["mcp-pve"]}
    write(f"{folder}/package.json", package)


def mcpb(folder, tools):
    listed = json.loads(pathlib.Path(tools).read_text())["tools"]
    options = {}
    for variable, (title, description, kind, default) in SETTINGS.items():
        option = {"type": "string", "title": title, "description": description, "required": kind != "optional"}
        if kind == "secret":
            option["sensitive"] = True
        if default is not None:
            option["default"] = default
        options[variable.lower()] = option
    write(f"{folder}/manifest.json", {
        "manifest_version": "0.3", "name": "mcp-pve", "display_name": "Proxmox VE", "version": VERSION,
        "description": DESCRIPTION,
        "author": {"name": NAMES["AUTHOR"]}, "license": "MIT", "homepage": NAMES["REPOSITORY"],
        "repository": {"type": "git", "url": f"{NAMES['REPOSITORY']}.git"},
        "server": {"type": "binary", "entry_point": "server/mcp-pve",
                   "mcp_config": {"command": "${__dirname}/server/mcp-pve", "args": [],
                                  "env": {name: "${user_config." + name.lower() + "}" for name in SETTINGS}}},
        "tools": [{"name": tool["name"], "description": tool["description"]} for tool in listed],
        "keywords": ["proxmox", "virtualization"], "compatibility": {"platforms": ["linux"]}, "user_config": options})


def server(path, checksum):
    variables = [{"name": name, "description": description, "isRequired": kind != "optional", "isSecret": kind == "secret",
                  **({"default": default} if default else {})}
                 for name, (_, description, kind, default) in SETTINGS.items()]
    stdio = {"transport": {"type": "stdio"}, "environmentVariables": variables}
    write(path, {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": NAMES["REGISTRY_NAME"], "title": "Proxmox VE", "description": DESCRIPTION, "version": VERSION,
        "repository": {"url": NAMES["REPOSITORY"], "source": "github"}, "websiteUrl": NAMES["REPOSITORY"],
        "packages": [
            {"registryType": "npm", "identifier": NAMES["NPM_NAME"], "version": VERSION, "runtimeHint": "npx", **stdio},
            {"registryType": "oci", "identifier": f"{NAMES['IMAGE']}:{VERSION}", "runtimeHint": "docker", **stdio},
            {"registryType": "mcpb", "identifier":
                f"{NAMES['REPOSITORY']}/releases/download/v{VERSION}/mcp-pve-{VERSION}-linux-x86_64.mcpb",
             "fileSha256": checksum, **stdio}]})


def debian(folder):
    folder = pathlib.Path(folder)

    def notice(package, name):
        """The text of a licence as a field, from the notice of a package of Debian."""
        files = sorted(pathlib.Path("/usr/share/doc").glob(package + "/copyright"))
        found = re.search(rf"\nLicense: {re.escape(name)}\n((?: [^\n]*\n)+)", files[0].read_text())
        return found[1].rstrip("\n")

    own = (HERE.parent / "LICENSE").read_text().strip().splitlines()
    values = {"MAINTAINER": f"{NAMES['AUTHOR']} <{NAMES['EMAIL']}>", "REPOSITORY": NAMES["REPOSITORY"],
              "LICENSE": "\n".join(" " + (line or ".") for line in own),
              "BSL": notice("libboost1*-dev", "BSL-1.0"), "OFL": notice("fonts-inter", "OFL-1.1")}
    for name in ("control", "copyright"):
        text = (folder / name).read_text()
        (folder / name).write_text(re.sub("@([A-Z]+)@", lambda mark: values[mark[1]], text))
    date = email.utils.formatdate(int(os.environ["SOURCE_DATE_EPOCH"]))
    (folder / "changelog").write_text(
        f"mcp-pve ({VERSION}) unstable; urgency=medium\n\n  * Release {VERSION}. CHANGELOG.md says what is new.\n\n"
        f" -- {values['MAINTAINER']}  {date}\n")


if __name__ == "__main__":
    {"npm": npm, "npm-platform": npm_platform, "mcpb": mcpb, "debian": debian,
     "server": server}[sys.argv[1]](*sys.argv[2:])
