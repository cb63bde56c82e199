# What every lab host has beside its packages. Runs in the fresh root, as root; part of the recipe's digest.
set -eu

useradd --create-home --uid 1000 --shell /bin/bash deploy
install -d -m 700 -o deploy -g deploy /home/deploy/.ssh
echo 'deploy ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/deploy

# Each host gets its own identity in its overlay: a root that brings one would give all hosts the same.
rm -f /etc/ssh/ssh_host_* /etc/hostname /etc/resolv.conf
: > /etc/machine-id

systemctl enable systemd-networkd.service ssh.service
# A host enables what its role needs.
systemctl disable nginx.service haproxy.service keepalived.service
# Nobody sits at a lab host, nothing there is updated, and its keys are made by the lab.
systemctl mask console-getty.service getty.target apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  fstrim.timer e2scrub_all.timer systemd-tmpfiles-clean.timer systemd-pstore.service sshd-keygen.service
# What a boot does for disks, devices and terminals, which a container has from outside; generators run at every daemon-reload, too.
systemctl mask systemd-remount-fs.service systemd-tmpfiles-setup-dev-early.service systemd-tmpfiles-setup-dev.service \
  systemd-network-generator.service systemd-networkd-persistent-storage.service dev-hugepages.mount dev-mqueue.mount \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
install -d /etc/systemd/system-generators
for generator in debug fstab getty gpt-auto hibernate-resume rc-local run ssh system-update sysv tpm2; do
  ln -s /dev/null "/etc/systemd/system-generators/systemd-$generator-generator"
done
rm -f /etc/update-motd.d/*

echo 'LANG=C.UTF-8' > /etc/default/locale

rm -f /etc/nginx/sites-enabled/default /var/lib/apt/lists/*debian* /var/cache/apt/archives/*.deb

# Its caches are made: a boot need not look whether /usr is newer.
touch /etc/.updated /var/.updated
