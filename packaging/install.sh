#!/bin/sh
# Installs the program mcp-pve of this folder's archive for the user who runs this, or for all users if root does:
#   sh install.sh [ARCHIVE]
# The archive (mcp-pve-VERSION-linux-ARCH.tar.gz) and SHA256SUMS stand beside this script. The sum is always compared.
# The signature of the sums is checked if SHA256SUMS.minisig is there and minisign is installed. The key mcp-pve.pub came
# the same way as the archive, so it only shows that the download is whole. To know who made it, name the public key that
# you trust in MCP_PVE_KEY: then nothing is installed without a right signature. Needs no network.
set -eu
case ${1:-} in
  '' | /*) archive=${1:-} ;;
  *) archive=$PWD/$1 ;;
esac
cd "$(dirname "$0")"

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) arch=x86_64 ;;
  Linux-aarch64) arch=aarch64 ;;
  *) fail "there is no program for $(uname -s) on $(uname -m); it runs on Linux on x86_64 and aarch64" ;;
esac
[ -n "$archive" ] || archive=$(find . -maxdepth 1 -name "mcp-pve-*-linux-$arch.tar.gz" | sort -V | tail -1)
[ -n "$archive" ] || fail "no archive mcp-pve-VERSION-linux-$arch.tar.gz stands beside this script"
[ -f "$archive" ] || fail "there is no file $archive"
[ -f SHA256SUMS ] || fail "SHA256SUMS does not stand beside this script"
name=$(basename "$archive")

wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\$/\1/p" SHA256SUMS)
[ -n "$wanted" ] || fail "SHA256SUMS has no line for $name"
found=$(sha256sum "$archive" | cut -d' ' -f1)
[ "$wanted" = "$found" ] || fail "the SHA-256 of $name is $found, but SHA256SUMS says $wanted; nothing was installed"

key=${MCP_PVE_KEY:-mcp-pve.pub}
if [ -n "${MCP_PVE_KEY:-}" ] && ! { [ -f SHA256SUMS.minisig ] && command -v minisign >/dev/null; }; then
  fail "MCP_PVE_KEY asks for a signature, but SHA256SUMS.minisig or the program minisign is missing; nothing was installed"
elif [ ! -f SHA256SUMS.minisig ]; then
  say "SHA-256 compared. The sums have no signature."
elif ! command -v minisign >/dev/null; then
  say "SHA-256 compared. The signature was not checked, because minisign is not installed."
else
  [ -f "$key" ] || fail "the sums are signed, but the public key $key is missing; nothing was installed"
  minisign -Vqm SHA256SUMS -p "$key" >/dev/null || fail "the signature of SHA256SUMS is wrong; nothing was installed"
  say "SHA-256 compared, and the signature of the sums checked with minisign."
fi

if [ "$(id -u)" = 0 ]; then
  prefix=${PREFIX:-/usr/local}
else
  prefix=${PREFIX:-$HOME/.local}
fi
mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work" --strip-components=1
# The old program may be running: it is replaced, not written over.
cp "$work/mcp-pve" "$prefix/bin/.mcp-pve.new"
chmod 755 "$prefix/bin/.mcp-pve.new"
mv -f "$prefix/bin/.mcp-pve.new" "$prefix/bin/mcp-pve"
cp "$work/mcp-pve.1" "$prefix/share/man/man1/"
cp "$work/mcp-pve.bash" "$prefix/share/bash-completion/completions/mcp-pve"
say "$("$prefix/bin/mcp-pve" --version | head -1) is installed as $prefix/bin/mcp-pve."
case ":$PATH:" in
  *":$prefix/bin:"*) say "Next: mcp-pve setup" ;;
  *) say "Next: $prefix/bin/mcp-pve setup ($prefix/bin is not in \$PATH)" ;;
esac
