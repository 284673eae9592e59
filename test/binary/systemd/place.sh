# Makes the root of the place, and leaves the machine's behind: what is written in there is in memory, and
# no file of the machine can be reached. See hold.sh, which starts this in namespaces of its own.
set -eu
at=$1 program=$2
umount "$at"
mount -t tmpfs -o mode=755 layers "$at"
cd "$at"
mkdir root upper work
mount -t tmpfs -o mode=755 root root
cd root
mkdir dev etc home old proc root run sys tmp usr var var/cache var/lib var/tmp
mkdir -p etc/spider etc/systemd/system
chmod 1777 tmp var/tmp
ln -s /run var/run
mount -t overlay overlay -o "lowerdir=/usr,upperdir=$at/upper,workdir=$at/work" usr
for link in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$link" ]; then ln -s "$(readlink "/$link")" "$link"; fi
done
for file in alternatives group ld.so.cache nsswitch.conf passwd protocols services; do
  cp -a "/etc/$file" etc
done
# Without one it would enable all units that it finds, as on a new machine
tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
cp "$program" usr/local/bin/spider

# Of its units those alone that have to be there: none that looks after a machine's devices and folders
mkdir own
for unit in basic multi-user network network-online shutdown sysinit umount; do
  cp "usr/lib/systemd/system/$unit.target" own
done
mount -t tmpfs -o mode=755 generators usr/lib/systemd/system-generators
mount -t tmpfs -o mode=755 units usr/lib/systemd/system
mv own/* usr/lib/systemd/system
rmdir own

mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
pivot_root . old
cd /
# umount(8) looks at what is mounted; in the processes of the machine are ways to its files
mount -t proc proc proc
umount --lazy old
umount proc
rmdir old
echo ready
exec cat
