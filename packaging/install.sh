#!/bin/sh
# Installs the program mcp-pve of this folder's archive for the user who runs this, or for all users if root does:
#   sh install.sh [ARCHIVE]
# The archive (mcp-pve-VERSION-linux-ARCH.tar.gz) and SHA256SUMS stand beside this script. The sum is always compared.
# The signature of the sums is checked if SHA256SUMS.minisig is there and minisign or OpenSSL 3 is installed. The key
# mcp-pve.pub came the same way as the archive, so it only shows that the download is whole. To know who made it, name the
# public key that you trust in MCP_PVE_KEY: then nothing is installed without a right signature. Needs no network.
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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# part FILE FROM TO: these bytes of a file; the first one is 1.
part() { head -c "$3" "$1" | tail -c +"$2"; }

# openssl_can: this OpenSSL verifies Ed25519 and knows BLAKE2b.
openssl_can() {
  command -v openssl >/dev/null || return 1
  case $(openssl version) in
    'OpenSSL 0.'* | 'OpenSSL 1.'* | 'OpenSSL 2.'*) return 1 ;;
    'OpenSSL '*) openssl dgst -blake2b512 /dev/null >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

# signed_by_openssl: SHA256SUMS.minisig is the signature of SHA256SUMS by the key. The format of minisign: the second line
# of the key is "Ed", 8 bytes of the key's number and the 32 of the key; that of the signature is "ED", the number and 64
# bytes that sign the file's BLAKE2b-512; the fourth line signs these 64 and the comment in the third.
signed_by_openssl() {
  sed -n 2p "$key" | openssl base64 -d -A >"$work/key" 2>/dev/null || return 1
  sed -n 2p SHA256SUMS.minisig | openssl base64 -d -A >"$work/signature" 2>/dev/null || return 1
  sed -n 4p SHA256SUMS.minisig | openssl base64 -d -A >"$work/of.comment" 2>/dev/null || return 1
  [ "$(wc -c <"$work/key")" -eq 42 ] && [ "$(wc -c <"$work/signature")" -eq 74 ] && [ "$(wc -c <"$work/of.comment")" -eq 64 ] &&
    [ "$(part "$work/key" 1 2)" = Ed ] && [ "$(part "$work/signature" 1 2)" = ED ] || return 1
  [ "$(part "$work/key" 3 10 | openssl base64)" = "$(part "$work/signature" 3 10 | openssl base64)" ] || return 1
  # The head of an Ed25519 key in DER.
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000' && part "$work/key" 11 42; } >"$work/key.der"
  part "$work/signature" 11 74 >"$work/of.sums"
  openssl dgst -blake2b512 -binary SHA256SUMS >"$work/sums" || return 1
  { cat "$work/of.sums" && sed -n '3s/^trusted comment: //p' SHA256SUMS.minisig | tr -d '\n'; } >"$work/comment"
  for what in sums comment; do
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/key.der" -sigfile "$work/of.$what" \
      -in "$work/$what" >/dev/null 2>&1 || return 1
  done
}

if command -v minisign >/dev/null; then
  tool=minisign
elif openssl_can; then
  tool=openssl
else
  tool=
fi
if [ -n "${MCP_PVE_KEY:-}" ] && [ ! -f SHA256SUMS.minisig ]; then
  fail "MCP_PVE_KEY asks for a signature, but SHA256SUMS.minisig is missing; nothing was installed"
elif [ -n "${MCP_PVE_KEY:-}" ] && [ -z "$tool" ]; then
  fail "MCP_PVE_KEY asks for a signature, but neither minisign nor OpenSSL 3 is installed; nothing was installed"
elif [ ! -f SHA256SUMS.minisig ]; then
  say "SHA-256 compared. The sums have no signature."
elif [ -z "$tool" ]; then
  say "SHA-256 compared. The signature was not checked, because neither minisign nor OpenSSL 3 is installed."
else
  [ -f "$key" ] || fail "the sums are signed, but the public key $key is missing; nothing was installed"
  wrong="$tool says that the signature of SHA256SUMS is wrong; nothing was installed"
  case $tool in
    minisign) minisign -Vqm SHA256SUMS -p "$key" >/dev/null || fail "$wrong" ;;
    openssl) signed_by_openssl || fail "$wrong" ;;
  esac
  say "SHA-256 compared, and the signature of the sums checked with $tool."
fi

if [ "$(id -u)" = 0 ]; then
  prefix=${PREFIX:-/usr/local}
else
  prefix=${PREFIX:-$HOME/.local}
fi
mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions"
mkdir "$work/files"
tar -xzf "$archive" -C "$work/files" --strip-components=1
# The old program may be running: it is replaced, not written over.
cp "$work/files/mcp-pve" "$prefix/bin/.mcp-pve.new"
chmod 755 "$prefix/bin/.mcp-pve.new"
mv -f "$prefix/bin/.mcp-pve.new" "$prefix/bin/mcp-pve"
cp "$work/files/mcp-pve.1" "$prefix/share/man/man1/"
cp "$work/files/mcp-pve.bash" "$prefix/share/bash-completion/completions/mcp-pve"
say "$("$prefix/bin/mcp-pve" --version | head -1) is installed as $prefix/bin/mcp-pve."
case ":$PATH:" in
  *":$prefix/bin:"*) say "Next: mcp-pve setup" ;;
  *) say "Next: $prefix/bin/mcp-pve setup ($prefix/bin is not in \$PATH)" ;;
esac
