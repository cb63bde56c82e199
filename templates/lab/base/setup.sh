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

echo 'LANG=C.UTF-8' > /etc/default/locale

rm -f /etc/nginx/sites-enabled/default /var/lib/apt/lists/*debian* /var/cache/apt/archives/*.deb
