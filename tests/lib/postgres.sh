# A throw-away PostgreSQL cluster for one run of ./test. Sourced, never run.
#
# need_postgres exports TIDINGS_TEST_PG, the address of a superuser's database; the tests make and
# drop databases of their own in it. The server listens on loopback with a password made for this
# run, keeps its files in a folder under /tmp, and stop_postgres ends that one server by its folder.

pg_dir=${TMPDIR:-/tmp}/tidings-pg.$$

# The folder of the newest PostgreSQL of at least version 15.
pg_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn) "$(pg_config --bindir 2>/dev/null)"; do
    if [ -x "$dir/initdb" ] && [ "$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')" -ge 15 ]; then
      printf '%s\n' "$dir"; return 0
    fi
  done
  return 1
}

# PostgreSQL refuses to run as root.
as_pg() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

need_postgres() {
  local bin port password try
  [ -z "${TIDINGS_TEST_PG:-}" ] || return 0
  bin=$(pg_bin) || { apt_install "every story runs on both databases" postgresql && bin=$(pg_bin); } ||
    { lack "PostgreSQL 15"; return 1; }
  # /dev/urandom, not $RANDOM: other users of the machine can reach a loopback port.
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  mkdir -m 700 "$pg_dir" && printf '%s\n' "$password" >"$pg_dir/password" || return 1
  if [ "$(id -u)" -eq 0 ]; then chown -R postgres: "$pg_dir"; fi
  as_pg "$bin/initdb" -D "$pg_dir/data" -U postgres --auth=scram-sha-256 --pwfile="$pg_dir/password" \
    --locale=C --encoding=UTF8 --no-instructions >"$scratch/initdb.log" 2>&1 ||
    { cat "$scratch/initdb.log"; lack "a PostgreSQL cluster"; return 1; }
  for try in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    port_is_free $port || continue
    if as_pg "$bin/pg_ctl" -D "$pg_dir/data" -w -t 30 -s -l "$pg_dir/log" start -o \
      "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$pg_dir -c max_connections=200" >/dev/null 2>&1; then
      export TIDINGS_TEST_PG=postgres://postgres:$password@127.0.0.1:$port/postgres
      return 0
    fi
  done
  tail -n 20 "$pg_dir/log"
  lack "a running PostgreSQL (tried $try ports)"
}

# Fast, not smart: a test that was interrupted may have left connections.
stop_postgres() {
  if [ -s "$pg_dir/data/postmaster.pid" ]; then
    as_pg "$(pg_bin)/pg_ctl" -D "$pg_dir/data" -m immediate -w -t 30 stop >/dev/null 2>&1 ||
      kill -QUIT "$(head -n 1 "$pg_dir/data/postmaster.pid")" 2>/dev/null
  fi
  rm -rf -- "$pg_dir"
}
