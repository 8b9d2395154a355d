#!/bin/sh
# Keeps this pod in the cluster. Peers are found by name, since addresses change; every step may be repeated.
# Usage: peers.sh (for ever) | peers.sh ready | alive | tell. Reads MASTERS, PODS, POD_NAME, PEER_DOMAIN.
set -u

secret=/etc/redis/secret
REDISCLI_AUTH=$(cat "$secret/peer-password")
export REDISCLI_AUTH

told_fields='redis_version|role|used_memory|maxmemory|keyspace_hits|keyspace_misses|cluster_state|cluster_slots_ok'
IFS=" 	$(printf '\n\r')"

shard=$((${POD_NAME##*-} % MASTERS))
first=$((shard * 16384 / MASTERS))
last=$(((shard + 1) * 16384 / MASTERS - 1))

ask() { # HOST COMMAND...
  host=$1
  shift
  timeout 3 redis-cli --no-auth-warning --user peer --tls --cacert "$secret/ca.pem" -h "$host" "$@"
}

pods() {
  number=0
  while [ "$number" -lt "$PODS" ]; do
    echo "${POD_NAME%-*}-$number.$PEER_DOMAIN"
    number=$((number + 1))
  done
}

# One connection for several questions: each costs a TLS handshake.
report() { printf '%s\n' "$@" | ask 127.0.0.1; }

whole() { # REPORT
  case $1 in *cluster_state:ok*cluster_slots_assigned:16384*) ;; *) return 1 ;; esac
}

ready() {
  info=$(report 'cluster info' 'info replication') || return
  case $info in *master_link_status:down*) return 1 ;; esac
  whole "$info"
}

meet() {
  for name in $(pods); do
    address=$(getent hosts "$name") && ask 127.0.0.1 cluster meet "${address%% *}" 6379 >/dev/null
  done
}

# Slots are given out once: only while every pod answers and none of them has ever heard of an owner.
unowned() {
  for name in $(pods); do
    case $(ask "$name" cluster nodes) in *" $first-"*) return 1 ;; *myself*) ;; *) return 1 ;; esac
  done
}

# An empty node takes its own shard's slots, or becomes a replica of whoever has them.
settle() {
  case $(echo "$1" | grep myself) in *myself,master*" connected") ;; *) return ;; esac
  owner=$(echo "$1" | grep -E " connected( .*)? $first-")
  if [ -n "$owner" ]; then
    ask 127.0.0.1 cluster replicate "${owner%% *}"
  elif [ "${POD_NAME##*-}" -lt "$MASTERS" ] && unowned; then
    ask 127.0.0.1 cluster addslotsrange "$first" "$last"
  fi
}

repair() {
  pause=2
  nodes=$(ask 127.0.0.1 cluster nodes) || return
  if ! whole "$(ask 127.0.0.1 cluster info)" || echo "$nodes" | grep -qE 'fail|noaddr|handshake|disconnected'; then
    meet
  else
    pause=10
  fi
  settle "$nodes"
}

# What `rez status` shows, on one line of the log: whoever may read that needs no shell here.
tell() {
  told=$(report info 'cluster info') || return
  # Without quotes: the lines become words, and the carriage returns at their ends go.
  # shellcheck disable=SC2046
  echo status $(echo "$told" | grep -E "^($told_fields):")
}

case ${1-} in
ready) ready ;;
alive) ask 127.0.0.1 ping | grep -q . ;; # an error (LOADING, MASTERDOWN) is an answer, too
tell) tell ;;
*)
  trap 'exit 0' TERM INT
  turn=0
  while :; do
    repair
    if [ $((turn % 3)) -eq 0 ]; then tell; fi
    turn=$((turn + 1))
    sleep "$pause" &
    wait $!
  done
  ;;
esac
