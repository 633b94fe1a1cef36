# Sourced by the scripts that need a new Debian of their own, after lib.sh. Needs root.

# make_system SUITE FOLDER: a minimal Debian in the folder, unless it is there already whole.
make_system() {
  local suite=$1 system=$2 mirror
  [[ $suite =~ ^[a-z]+$ ]] || fail "$suite is not the name of a Debian release, such as bookworm or trixie"
  [ "$(id -u)" = 0 ] || fail "needs root, for debootstrap and chroot"
  mirror=$(sed '/^ *#/d' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE -m1 'https?://[^ ]+' || true)
  [ -n "$mirror" ] || fail "no mirror in the sources of apt"
  need debootstrap
  [ ! -e "$system/.complete" ] || return 0
  rm -rf "$system"
  mkdir -p "$system"
  say "debootstrap $suite"
  debootstrap --variant=minbase "$suite" "$system" "$mirror" >"$root/build/debootstrap.log" || {
    tail -20 "$root/build/debootstrap.log" >&2
    fail "debootstrap failed"
  }
  # An authority that this machine was told to trust, such as that of a proxy, is trusted there too, once the system has
  # ca-certificates.
  mkdir -p "$system/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$system/usr/local/share/ca-certificates" {} + 2>/dev/null || true
  touch "$system/.complete"
}

# inside FOLDER COMMAND...: runs it in that system, with /proc and /dev. They are mounted for the command alone, so nothing is
# left to unmount.
inside() {
  local system=$1
  shift
  # shellcheck disable=SC2016
  unshare --mount bash -ec 'mount --bind /proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" "$@"' "$system" \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
