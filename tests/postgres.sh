#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own on loopback: tests/postgres.sh COMMAND...
# FENBOOK_TEST_POSTGRES names it. The server and its data are gone when the command ends.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
[ -x "$bin/initdb" ] || { echo "tests/postgres.sh: no PostgreSQL server here; Debian's package is postgresql" >&2; exit 3; }

folder=$(mktemp -d)
port=$("${PYTHON:-python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
	id postgres >/dev/null 2>&1 || useradd --system postgres
	chown postgres "$folder"
	as_owner=(runuser -u postgres --)
fi

stop() {
	"${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$folder"
}
trap stop EXIT

cd "$folder"
"${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U fenbook -A trust --encoding UTF8 --locale C >"$folder/initdb.log" 2>&1 \
	|| { cat "$folder/initdb.log" >&2; exit 3; }
# The data live as long as the tests: nothing is gained by waiting for a disk.
"${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" \
	-o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c fsync=off -c max_connections=200" \
	start >/dev/null || { cat "$folder/server.log" >&2; exit 3; }
cd "$OLDPWD"

export FENBOOK_TEST_POSTGRES="postgresql+pg8000://fenbook@127.0.0.1:$port/postgres"
"$@"
