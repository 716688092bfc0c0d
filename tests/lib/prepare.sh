# Prepares what ./test misses, and says what and why. Sourced, never run.
#
# Every need_X function succeeds when X can be used afterwards. What could not be prepared is
# noted in $scratch/missing (a part runs in a process of its own), which the closing lines print. Deliberately absent: removing anything
# again, and touching a tool that is already there in a sufficient version.

say() { printf 'test: %s\n' "$*"; }

# Settings that every part shares. Flags that rebuild C libraries (CC, LIBSQLITE3_FLAGS) are left
# alone: changing them between calls compiles everything again.
settings() {
  export DEBIAN_FRONTEND=noninteractive PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
  # Incremental files pay at the next edit; a machine that builds once only writes them.
  if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0; fi
  TIDINGS_DATA=${TIDINGS_DATA:-$root/../shared/data}
  if [ -d "$TIDINGS_DATA" ]; then
    TIDINGS_DATA=$(cd "$TIDINGS_DATA" && pwd) data_there=yes
  else
    data_there=no
  fi
  export TIDINGS_DATA
}

have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND…: directly as root, else through a sudo that asks nothing.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo -n -E "$@"
  else say "not root and no password-free sudo: cannot run $1"; return 1
  fi
}

# apt_install WHY PACKAGE…
apt_install() {
  local why=$1; shift
  if ! have apt-get; then say "no apt-get here: install $* yourself ($why)"; return 1; fi
  say "installing $* with apt ($why)"
  if [ -z "${apt_updated:-}" ]; then as_root apt-get update -qq </dev/null >/dev/null || return 1; apt_updated=1; fi
  as_root apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

lack() { say "could not prepare $1"; printf '%s\n' "$1" >>"$scratch/missing"; return 1; }

need_toolchain() {
  have cargo || { say "cargo is missing: install Rust first (https://rustup.rs)"; return 1; }
  have cc || have gcc || apt_install "SQLite and the cryptography are compiled from C" gcc libc6-dev || return 1
}

node_major() { node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/'; }

# The browser driver needs Node 20; Debian 12 ships 18, whose npm can fetch a newer one.
need_node() {
  local cache=$root/.test-cache/node
  if [ -x "$cache/bin/node" ]; then PATH=$cache/bin:$PATH; fi
  if { ! have node || ! have npm; } && ! apt_install "browser tests" nodejs npm; then lack "Node 20"; return 1; fi
  if [ "$(node_major)" -ge 20 ] 2>/dev/null; then return 0; fi
  say "fetching Node 22 with npm into .test-cache (this machine has $(node --version), the browser driver needs 20)"
  local arch; case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) lack "Node 20 for $(uname -m)"; return 1 ;; esac
  mkdir -p "$cache" &&
    npm install --silent --no-save --ignore-scripts --prefix "$cache" "node-linux-$arch@22.16.0" </dev/null &&
    ln -sfn "$cache/node_modules/node-linux-$arch/bin" "$cache/bin" && PATH=$cache/bin:$PATH
  [ "$(node_major)" -ge 20 ] 2>/dev/null || lack "Node 20"
}

need_node_packages() {
  local dir=tests/browser stamp
  stamp=$(cat $dir/package.json $dir/package-lock.json | cksum)
  if [ "$(cat $dir/node_modules/.stamp 2>/dev/null)" = "$stamp" ]; then return 0; fi
  say "installing the packages of $dir/package-lock.json with npm (browser driver, axe, html-validate)"
  npm ci --prefix $dir --ignore-scripts --no-audit --no-fund --silent </dev/null || { lack "the npm packages"; return 1; }
  printf '%s\n' "$stamp" >$dir/node_modules/.stamp
}

need_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && have "$name"; then CHROMIUM=$(command -v "$name"); export CHROMIUM; return 0; fi
  done
  apt_install "browser tests" chromium && CHROMIUM=$(command -v chromium) && export CHROMIUM || lack Chromium
}
