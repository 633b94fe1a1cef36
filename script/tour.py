"""A tour of mcp-pve: an MCP client on its stdin and stdout, as Claude or Cursor would be."""

import json
import subprocess
import sys


class Server:
    """The server on stdio, one JSON message per line."""

    def __init__(self, binary, *arguments):
        self.process = subprocess.Popen([binary, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.last_id = 0
        self.info = self.ask("initialize", {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "tour", "version": "1"}})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.last_id += 1
        self.send({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the server ended")
            answer = json.loads(line)
            if answer.get("id") == self.last_id:
                break
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def call(self, tool, **arguments):
        """The text of the result, and whether it is an error."""
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        shown = ", ".join(f"{key}={value}" for key, value in arguments.items())
        print(f"  -> {tool}({shown if len(shown) < 90 else shown[:87] + '...'})")
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        return "\n".join(block.get("text", "") for block in result["content"]), result.get("isError", False)

    def say(self, tool, **arguments):
        """Prints the answer; it must be none that failed."""
        text, failed = self.call(tool, **arguments)
        if failed:
            sys.exit(f"{tool} failed: {text}")
        print("     " + text.replace("\n", "\n     "))

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def ask(question):
    print(f"\n\"{question}\"")


def tour(server):
    ask("Which nodes are in my cluster?")
    server.say("pve_list_nodes")

    ask("Which VMs use more than 8 GiB of memory?")
    server.say("pve_list_cluster_resources", type="vm", filter="mem>8G", fields="vmid,name,node,mem/maxmem,uptime")

    ask("How is web01 configured?   (nobody says on which node it is)")
    server.say("pve_get_qemu_config", vmid="web01")

    ask("Take a snapshot of web01 before I upgrade it.   (the answer is the outcome, not a task number)")
    server.say("pve_create_qemu_snapshot", vmid="web01", snapname="pre-upgrade")
    server.say("pve_list_qemu_snapshots", vmid="web01")

    ask("Delete web01.   (nothing is sent: the answer is the plan, which has to be confirmed)")
    text, failed = server.call("pve_delete_qemu_vm", vmid="web01")
    print("     " + text.replace("\n", "\n     "))
    if not failed:
        sys.exit("the VM should have stayed")


def limited(binary):
    ask("Delete it anyway.   (with PVE_ACCESS_TIER=read-only: neither offered nor callable)")
    server = Server(binary, "--simulate", "--access-tier", "read-only")
    print(f"     {len(server.ask('tools/list', {})['tools'])} tools are offered")
    text, failed = server.call("pve_delete_qemu_vm", node="pve1", vmid=100)
    print("     " + text)
    server.close()
    if not failed:
        sys.exit("the call should have been refused")


def configuration(binary):
    entry = {"command": binary, "args": ["--simulate"]}
    real = {"command": binary, "env": {
        "PVE_BASE_URL": "https://pve.example.com:8006", "PVE_TOKEN_ID": "root@pam!mcp",
        "PVE_TOKEN_SECRET": "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "PVE_ACCESS_TIER": "read-only"}}

    def block(title, text):
        print(f"\n{title}\n\n" + "\n".join("    " + line for line in text.split("\n")))

    print("\n== plug it into your client (still the simulated cluster)")
    block("Claude Code:", f"claude mcp add --transport stdio pve -- {binary} --simulate")
    block("Claude Desktop (claude_desktop_config.json), Cursor (~/.cursor/mcp.json):",
          json.dumps({"mcpServers": {"pve": entry}}, indent=2))
    block("VS Code (.vscode/mcp.json):", json.dumps({"servers": {"pve": {"type": "stdio", **entry}}}, indent=2))
    block("Codex (~/.codex/config.toml):",
          f"[mcp_servers.pve]\ncommand = {json.dumps(binary)}\nargs = [\"--simulate\"]")
    print("\n== your own cluster")
    print("\nLeave out --simulate and set the address and an API token (PVE: Datacenter > Permissions > API Tokens):")
    block("JSON clients (VS Code says \"servers\" instead of \"mcpServers\"):", json.dumps({"mcpServers": {"pve": real}}, indent=2))
    block("Claude Code:", "claude mcp add --transport stdio pve" +
          "".join(f" \\\n  --env '{key}={value}'" for key, value in real["env"].items()) + f" \\\n  -- {binary}")
    block("Codex:", f"[mcp_servers.pve]\ncommand = {json.dumps(binary)}\n\n[mcp_servers.pve.env]\n" +
          "\n".join(f"{key} = {json.dumps(value)}" for key, value in real["env"].items()))
    print(f"\nCheck the way to it first, with the same variables set:  {binary} doctor")


def main():
    binary = sys.argv[1]
    server = Server(binary, "--simulate")
    about = server.info["serverInfo"]
    print(f"\n== {about['name']} {about['version']}, protocol {server.info['protocolVersion']}, "
          f"{len(server.ask('tools/list', {})['tools'])} tools")
    tour(server)
    if server.close() != 0:
        sys.exit("the server did not end well")
    limited(binary)
    configuration(binary)


main()
