# Sourced by the scripts that check packages, after lib.sh: what a check is.

# shows WORDS COMMAND...: its output must have the words, and its exit code must be 0. refuses: must not be 0.
shows() { says 0 "$@"; }
refuses() { says 1 "$@"; }
says() {
  local want=$1 words=$2 output code=0
  shift 2
  printf '$ %s\n' "$(sed -E "s#$root/##g; s#^inside [^ ]*/([a-z]+) #(\\1) #; s#^env .* ([^ ]*npx-cli.js|chroot) #\\1 #" <<<"$*")"
  output=$("$@" 2>&1) || code=$?
  tail -n "${LINES_SHOWN:-6}" <<<"$output" | sed 's/^/    /' | cut -c1-160
  [ $((code != 0)) = "$want" ] || fail "the exit code is $code"
  grep -qF -- "$words" <<<"$output" || fail "the output has no \"$words\""
}
# briefly CHECK...: with the last lines of the output only.
briefly() { LINES_SHOWN=3 "$@"; }

is_chart() { [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] || fail "$1 is not a picture"; }
gone() {
  local file
  for file; do
    [ ! -e "$file" ] && [ ! -L "$file" ] || fail "$file is there"
  done
}
answers() { "$root/script/answers.py" "$@"; }
# What draws a chart of the simulated cluster: chart FILE
chart() { echo "call pve_get_qemu_rrddata vmid=web01 timeframe=hour --simulate --chart $1"; }
