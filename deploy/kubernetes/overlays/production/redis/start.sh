#!/bin/sh
# Starts one server or one sentinel of three. Where the sentinels of the others know a master, it joins; where there is
# none to ask, all have just begun, and the first of PEERS is it.
#   start.sh redis|sentinel
# POD_NAME and PEERS (names of all, in the order in which they begin) come from the environment, and so may the ports,
# folders and times that a trial on one machine needs otherwise.
set -eu
umask 077
folder=${FOLDER:-/data}
etc=${ETC:-/etc/redis}
port=${PORT:-6379}
sentinel_port=${SENTINEL_PORT:-26379}

me=
for peer in $PEERS; do
  case $peer in "$POD_NAME" | "$POD_NAME".*) me=$peer ;; esac
done
# What most of them say: one that was cut off with an old master is outvoted.
master=$(for peer in $PEERS; do
  [ "$peer" = "$me" ] || timeout 2 redis-cli -h "$peer" -p "$sentinel_port" --raw \
    SENTINEL GET-MASTER-ADDR-BY-NAME thidua 2>/dev/null | head -n 1
done | sort | uniq -c | sort -rn | awk 'NR == 1 && NF == 2 {print $2}')
[ -n "$master" ] || master=${PEERS%% *}

case $1 in
  redis)
    {
      echo "bind ${BIND:-*}"
      echo "port $port"
      echo "dir $folder"
      echo "aclfile $etc/users/users.acl"
      echo 'save ""'
      echo "appendonly no"
      echo "maxmemory 256mb"
      echo "maxmemory-policy noeviction"
      echo "replica-announce-ip $me"
      echo "masteruser replica"
      echo "masterauth $(cat "$etc/passwords/replica")"
      [ "$master" = "$me" ] || echo "replicaof $master $port"
    } >"$folder/redis.conf"
    exec redis-server "$folder/redis.conf"
    ;;
  sentinel)
    {
      echo "bind ${BIND:-*}"
      echo "port $sentinel_port"
      echo "dir $folder"
      # Who may ask is the network's matter: they tell where Redis is, and nothing else.
      echo "protected-mode no"
      echo "sentinel resolve-hostnames yes"
      echo "sentinel announce-hostnames yes"
      echo "sentinel announce-ip $me"
      echo "sentinel monitor thidua $master $port 2"
      echo "sentinel down-after-milliseconds thidua ${DOWN_AFTER_MS:-5000}"
      echo "sentinel failover-timeout thidua ${FAILOVER_TIMEOUT_MS:-30000}"
      echo "sentinel auth-user thidua sentinel"
      echo "sentinel auth-pass thidua $(cat "$etc/passwords/sentinel")"
    } >"$folder/sentinel.conf"
    exec redis-server "$folder/sentinel.conf" --sentinel
    ;;
esac
