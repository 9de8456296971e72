#!/bin/busybox sh
# Process 1 of the guest: makes a root of the host's /usr and of the checkout, both read-only, runs one command in it, and powers
# off. What the guest writes stays in its memory.
export PATH=/bin
/bin/busybox --install -s /bin
mkdir /proc
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do insmod "$module" || echo "insmod $module failed"; done

mount -t tmpfs -o mode=755 root /root
cd /root
mkdir -p usr etc proc sys dev tmp run root node checkout overlay
chmod 1777 tmp
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
plan9=trans=virtio,version=9p2000.L,cache=loose,msize=524288,ro
mount -t 9p -o "$plan9" usr usr
mount -t 9p -o "$plan9" node node
mkdir overlay/lower overlay/upper overlay/work
mount -t 9p -o "$plan9" checkout overlay/lower
mount -t overlay -o "lowerdir=overlay/lower,upperdir=overlay/upper,workdir=overlay/work" checkout checkout
cp -a /etc/. etc/
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/shm dev/pts && mount -t tmpfs shm dev/shm && mount -t devpts pts dev/pts
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tracefs tracing sys/kernel/tracing
ln -sf /proc/self/fd dev/fd
ifconfig lo up
hostname old-kernel

echo "booted: $(uname -r) after $(cut -d' ' -f1 /proc/uptime) s"
chroot /root /bin/sh /etc/command
echo "status: $?"
poweroff -f
