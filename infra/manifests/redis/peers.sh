#!/bin/sh
# Keeps this pod in the cluster. Peers are found by name, since addresses change; every step may be repeated.
# Usage: peers.sh (for ever) | peers.sh ready | peers.sh alive. Reads MASTERS, PODS, POD_NAME, PEER_DOMAIN.
set -u

secret=/etc/redis/secret
REDISCLI_AUTH=$(cat "$secret/peer-password")
export REDISCLI_AUTH

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

whole() {
  info=$(ask 127.0.0.1 cluster info) || return 1
  case $info in *cluster_state:ok*cluster_slots_assigned:16384*) ;; *) return 1 ;; esac
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
  nodes=$(ask 127.0.0.1 cluster nodes) || return
  if ! whole || echo "$nodes" | grep -qE 'fail|noaddr|handshake|disconnected'; then meet; fi
  settle "$nodes"
}

case ${1-} in
ready) whole && ! ask 127.0.0.1 info replication | grep -q master_link_status:down ;;
alive) ask 127.0.0.1 ping | grep -q . ;; # an error (LOADING, MASTERDOWN) is an answer, too
*)
  trap 'exit 0' TERM INT
  while :; do
    repair
    sleep "${PERIOD_S:-2}" &
    wait $!
  done
  ;;
esac
