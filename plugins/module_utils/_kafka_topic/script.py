# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell script that runs in the consumer pod, with the tools of the cluster's own Kafka image.

It joins no group and commits nothing: partitions and offsets are given to the console consumer.  A start of the Java
tools costs a second, so they are few, run side by side, and one pod serves all topics, round after round.
"""

from __future__ import annotations

MARK = "@@"

# Names of variables are the script's only input; nothing of the user's is pasted into its text.
SCRIPT = r"""
set -u
scratch=$(mktemp -d) || exit 1
trap 'exit 0' TERM INT
printf '%s\n' request.timeout.ms=8000 default.api.timeout.ms=8000 socket.connection.setup.timeout.ms=4000 \
  "security.protocol=$ES_PROTOCOL" > "$scratch/client"
secured=
[ "$ES_PROTOCOL" = PLAINTEXT ] || secured="--consumer.config $scratch/client"
if [ -n "$ES_TRUSTED" ]; then
  printf '%s\n' "$ES_TRUSTED" > "$scratch/trusted.pem"
  printf '%s\n' ssl.truststore.type=PEM "ssl.truststore.location=$scratch/trusted.pem" >> "$scratch/client"
fi
say() { printf '%s%s %s\n' "$ES_MARK" "$ES_RUN" "$*"; }

# offsets TIME FILE: lines of topic:partition:offset
offsets() {
  if [ -e bin/kafka-get-offsets.sh ]; then
    bin/kafka-get-offsets.sh --bootstrap-server "$ES_BOOTSTRAP" --command-config "$scratch/client" \
      --topic-partitions "$ES_PATTERNS" --time "$1"
  else
    for topic in $ES_TOPICS; do
      bin/kafka-run-class.sh kafka.tools.GetOffsetShell --broker-list "$ES_BOOTSTRAP" --topic "$topic" --time "$1"
    done
  fi > "$scratch/$2.out" 2> "$scratch/$2.err"
  date +%s.%N > "$scratch/$2.at"
  mv "$scratch/$2.out" "$scratch/$2"
}

consume() {
  bin/kafka-console-consumer.sh --bootstrap-server "$ES_BOOTSTRAP" $secured --topic "$1" --partition "$2" \
    --offset "$3" --max-messages "$4" --timeout-ms "$5" --isolation-level read_committed \
    --property print.timestamp=true --property print.partition=true --property print.offset=true \
    --property print.key=true 2> "$scratch/records.err"
}

# records TOPIC PARTITION BEGIN END: the newest of them.  The last offsets may hold marks of transactions, or nothing
# any more: then it is read from further back, the next time too.
records() {
  read="$scratch/read.$1.$2" step="$scratch/depth.$1.$2"
  depth=$(cat "$step" 2> /dev/null) || depth=$ES_SAMPLE
  while :; do
    start=$(($4 - depth))
    [ "$start" -gt "$3" ] || start=$3
    consume "$1" "$2" "$start" $(($4 - start)) 4000 > "$read"
    grep -n -e '^CreateTime:' -e '^LogAppendTime:' -e '^NoTimestampType:' "$read" > "$read.lines"
    [ "$(grep -c : "$read.lines")" -lt "$ES_SAMPLE" ] || break
    [ "$start" -gt "$3" ] && [ "$depth" -lt $((ES_SAMPLE * 64)) ] || break
    depth=$((depth * 8))
  done
  echo "$depth" > "$step"
  first=$(tail -n "$ES_SAMPLE" "$read.lines" | head -n 1 | cut -d : -f 1)
  rm -f "$scratch/records.$1.$2"
  [ -z "$first" ] || tail -n "+$first" "$read" > "$scratch/records.$1.$2"
  echo "${first:+$4}" > "$scratch/tried.$1.$2"
}

at() {
  grep -F -s -e "$2:$3:" "$scratch/$1" | grep -x -e "$2:$3:[0-9]*" | cut -d : -f 3
}

windows() {
  for window in $ES_WINDOWS; do
    IFS=: read -r topic partition start stop <<END
$window
END
    begin=$(at beginnings "$topic" "$partition") end=$(at ends "$topic" "$partition")
    [ -n "$stop" ] && [ "$stop" -le "${end:-0}" ] || stop=${end:-0}
    [ "$start" -ge "${begin:-0}" ] || start=$begin
    [ "$start" -le "$stop" ] || stop=$start
    say "window $topic $partition $start $stop"
    [ "$start" -eq "$stop" ] || consume "$topic" "$partition" "$start" $((stop - start)) 8000 < /dev/null
  done
}

show() {
  say "$1 $(cat "$scratch/$1.at")"
  cat "$scratch/$1"
  if [ ! -s "$scratch/$1" ] && [ -s "$scratch/$1.err" ]; then
    say error
    grep -v -e '^[[:space:]]*at ' -e '^$' "$scratch/$1.err" | tail -n 3
  fi
}

# ends new: lines of partitions that were not read yet; ends changed: of those that have other records since.
ends() {
  while IFS=: read -r topic partition end; do
    tried="$scratch/tried.$topic.$partition" seen=
    if [ -e "$tried" ]; then
      read -r seen < "$tried"
      [ "$1" = changed ] && [ "$seen" != "$end" ]
    else
      [ "$1" = new ]
    fi && echo "$topic:$partition:$end"
  done < "$scratch/ends"
}

# The newest records, three tools at a time, eight partitions in a round; the others have their turn in the next one.
newest() {
  running=0 count=0
  { ends new; ends changed; } > "$scratch/todo"
  while IFS=: read -r topic partition end; do
    [ -n "$end" ] && [ "$count" -lt 8 ] || continue
    begin=$(at beginnings "$topic" "$partition")
    if [ "$end" -le "${begin:-0}" ]; then
      echo "$end" > "$scratch/tried.$topic.$partition"
      continue
    fi
    count=$((count + 1)) running=$((running + 1))
    records "$topic" "$partition" "${begin:-0}" "$end" < /dev/null &
    [ "$running" -lt 3 ] || { wait; running=0; }
  done < "$scratch/todo"
  wait
}

offsets -2 beginnings &
offsets -1 ends
wait
say "begin $(date +%s.%N)"
show beginnings
show ends
windows
until=$(($(date +%s) + ES_LIFETIME))
while [ "$(date +%s)" -lt "$until" ]; do
  [ "$ES_SAMPLE" -eq 0 ] || newest
  offsets -1 ends
  for file in "$scratch"/records.*; do
    [ -s "$file" ] && [ "${file##*.}" != err ] || continue
    partition=${file##*.} topic=${file##*/records.}
    say "records ${topic%.*} $partition"
    cat "$file"
  done
  show ends
  say "done $(date +%s.%N)"
  sleep 1
done
"""
