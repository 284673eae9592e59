# Keeps a place for a systemd of its own: a mount namespace whose root is in memory, and a cgroup. Both
# last as long as the standard input of this does, and all processes in them.
#
#   unshare --mount sh hold.sh NETWORK FOLDER NAME PROGRAM
#
# NETWORK is the namespace that it has its network from. FOLDER is an empty one, where nothing is seen to be
# mounted from outside. NAME is that of the cgroup.
set -eu
network=$1 at=$2 name=$3 program=$4
mount --make-rprivate /
mount -t cgroup2 cgroup2 "$at"
mkdir "$at/$name"
end() {
  echo 1 >"$at/$name/cgroup.kill"
  until grep -q '^populated 0' "$at/$name/cgroup.events"; do sleep 0.02; done
  find "$at/$name" -depth -type d -exec rmdir {} +
}
trap end EXIT
# Not this process, which is to outlive it
sh -c 'echo $$ >"$0/cgroup.procs"; exec ip netns exec "$@"' "$at/$name" "$network" \
  unshare --mount --cgroup --uts --ipc sh "${0%/*}/place.sh" "$at" "$program"
