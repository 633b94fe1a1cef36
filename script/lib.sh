# Sourced by the scripts: where the repository is, and how what they need gets installed. Debian 12 and 13, as root or as a
# user with sudo; nothing is fetched once all is installed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)
export CTEST_PARALLEL_LEVEL=$jobs
# What one checkout compiled serves another.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
# The user's compiler settings must not change what is built.
unset CXXFLAGS CFLAGS CPPFLAGS LDFLAGS CC CXX DESTDIR
: "${HOME:=$root/build/home}"
export HOME

# "A|B": the first one that apt offers. The last package of Boost stands for its version.
build_packages=(g++ cmake ninja-build libssl-dev zlib1g-dev libfmt-dev libcli11-dev libtomlplusplus-dev
  'libboost1.81-dev|libboost1.88-dev|libboost1.83-dev'
  'libboost-json1.81-dev|libboost-json1.88-dev|libboost-json1.83-dev'
  libcairo2-dev libfreetype-dev libpng-dev fonts-inter libsqlite3-dev libsqlite3-0 libc-ares-dev)
# What the static binary holds beside these; Debian 12 has them.
static_packages=(libpixman-1-dev libbrotli-dev)
test_packages=(libgtest-dev libgmock-dev mold ccache python3 python3-jsonschema
  glewlwyd sqlite3 haproxy openssl systemd)
clang_packages=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev)
# For the plugin of clang-tidy.
lint_packages=(libclang-19-dev llvm-19-dev)

# What the packages are made with.
package_packages=(git debhelper lintian zip unzip minisign binutils python3 buildah ca-certificates)
arm64_packages=(g++-aarch64-linux-gnu qemu-user-static)

# The version stands in one place.
version() { sed -nE 's/^project\(mcp-pve VERSION ([0-9.]+) .*/\1/p' "$root/CMakeLists.txt"; }

# part NAME: from here on time counts as NAME's, until the next part or the end, where a table tells it. A script that
# another one runs adds its parts to the table of that.
part() {
  if [ -z "${PARTS:-}" ]; then
    PARTS=$(mktemp)
    export PARTS
    trap 'clean; table' EXIT
  elif [ -z "$(trap -p EXIT)" ]; then
    trap 'clean; end_part' EXIT
  fi
  end_part
  part_name=$1
  part_begin=$(date +%s) part_cpu=$(cpu)
  say "$1"
}
end_part() {
  [ -z "$part_name" ] || printf '%s|%s|%s\n' "$part_name" $(($(date +%s) - part_begin)) $(($(cpu) - part_cpu)) >>"$PARTS"
  part_name=
}
# Seconds of all processes that this one has waited for.
cpu() {
  local ticks
  read -r -a ticks </proc/$$/stat
  echo $(((ticks[15] + ticks[16]) / $(getconf CLK_TCK)))
}
table() {
  end_part
  say "minutes and seconds (CPU: of all cores together)"
  awk -F'|' '
    function clock(s) { return sprintf("%d:%02d", s / 60, s % 60) }
    { printf "%-24s %8s %8s CPU\n", $1, clock($2), clock($3); wall += $2; all += $3 }
    END { printf "%-24s %8s %8s CPU\n", "together", clock(wall), clock(all) }' "$PARTS"
  rm -f "$PARTS"
}
part_name=
# What a script with parts does at its end, also if it fails; it may define its own.
clean() { :; }

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "needs root or sudo for: $*"
  fi
}

# need PACKAGE...: installs the Debian packages that are missing.
need() {
  local have missing=() package
  have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
  for package; do
    grep -qxE "${package//+/\\+}" <<<"$have" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 update </dev/null >/dev/null
  local wanted=()
  for package in "${missing[@]}"; do wanted+=("$(offered "$package")"); done
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install \
    --no-install-recommends "${wanted[@]}" </dev/null >/dev/null
}

# offered "A|B": the first of these packages that apt can install; the first one if it can install none.
offered() {
  local names name
  IFS='|' read -r -a names <<<"$1"
  for name in "${names[@]}"; do
    if apt-cache policy "$name" | grep -qE '^ +Candidate: [^(]'; then
      echo "$name"
      return
    fi
  done
  echo "${names[0]}"
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  (
    cd "$root"
    cmake --preset "$preset" >"$root/build/$preset.configure.log" || {
      cat "$root/build/$preset.configure.log" >&2
      exit 1
    }
    cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} -- --quiet
  )
}
mkdir -p "$root/build"

# install_node_tools FOLDER WHAT: the packages of npm by the lock file there, if it is not what is installed. npm's own node
# only unpacks them.
install_node_tools() {
  local folder=$root/$1 stamp want
  stamp=$folder/node_modules/.installed
  want=$(cd "$folder" && sha256sum package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || return 0
  command -v npm >/dev/null || need npm ca-certificates
  say "installing $2"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null)
  printf '%s\n' "$want" >"$stamp"
}
# The runtime that drives the real clients is one of these packages.
install_clients() { install_node_tools tests/clients "the real clients"; }
