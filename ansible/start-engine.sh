# Starts dockerd on a host that has no init system, once; prints "started" when it did. $1: start or restart.
# shellcheck shell=dash
pidfile=/run/kolla-dockerd.pid
log=/var/log/kolla-dockerd.log

answers() { docker version >/dev/null 2>&1; }

if [ "$1" = restart ] && [ -s "$pidfile" ]; then
  pid=$(cat "$pidfile")
  kill "$pid" 2>/dev/null
  for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
fi
if answers; then
  if [ "$1" = restart ]; then
    echo "an engine that was not started by bootstrap-servers runs; restart it by hand" >&2
    exit 1
  fi
  exit 0
fi
rm -f /var/run/docker.pid
if [ -e /etc/docker/kolla-proxies ]; then
  set -a
  . /etc/docker/kolla-proxies
  set +a
fi
# As the engine's own unit says. Sudo takes core dumps from what it runs, and libvirt wants them for its guests; where
# they cannot be had back, the engine is started all the same.
ulimit -c unlimited 2>/dev/null || :
setsid dockerd --pidfile "$pidfile" >>"$log" 2>&1 </dev/null &
for _ in $(seq 60); do
  if answers; then
    echo started
    exit 0
  fi
  sleep 0.5
done
echo "dockerd does not answer; its last words are:" >&2
tail -n 20 "$log" >&2
exit 1
