# Boots systemd in a place of place.sh, in namespaces of its own for processes and mounts, which end with it.
set -eu
echo $$ >/sys/fs/cgroup/cgroup.procs
mount -t proc proc /proc
# It may change what is of its network, and nothing else of the kernel
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /proc/sys/net /proc/sys/net
for folder in dev run tmp; do mount -t tmpfs -o mode=755 "$folder" "/$folder"; done
chmod 1777 /tmp
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/zero c 1 5
mknod -m 666 /dev/full c 1 7
mknod -m 666 /dev/random c 1 8
mknod -m 666 /dev/urandom c 1 9
mknod -m 666 /dev/tty c 5 0
mkdir /dev/pts /dev/shm
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd

if grep -vE ' - (cgroup2|devpts|overlay|proc|sysfs|tmpfs) ' /proc/self/mountinfo; then
  echo 'systemd is not started: a file system of the machine can be reached' >&2
  exit 1
fi
# As systemd does on a machine, and expects in a container: what it mounts is seen by its services. Before,
# each mount was made private
mount --make-rshared /
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec setpriv --bounding-set -sys_boot,-sys_module,-sys_rawio,-sys_time \
  env -i container=test PATH=$path /lib/systemd/systemd --system --unit=multi-user.target
