import { writeFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromOutside } from './from-outside.ts'
import type { Lab } from './lab.ts'

/** A daemon of Debian's, and the packages of its source that are installed with it. */
export const packaged = { nginx: ['nginx', 'nginx-common'], haproxy: ['haproxy'], keepalived: ['keepalived'] } as const

/** A version of it, with a binary of this machine. */
export type Packaged = { readonly version: string; readonly binary: string }

/*
 * Packs a daemon of the host anew, and what goes with it, from what dpkg knows of them, maintainer scripts included, once for each
 * version: what dpkg-repack does. The repository is a directory of the host's own, the only one that its apt knows then.
 */
const script = String.raw`
set -e
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
daemon=$1 with=$2; shift 2
repo=/srv/repo; rm -rf $repo; mkdir -p $repo
# What modules depend on, as Debian's own nginx of that version has it.
abi() { case $1 in 1.22.*) echo nginx-abi-1.22.1-7 ;; *) echo nginx-abi-1.26.3-1 ;; esac; }
pack() {
  d=$(mktemp -d); chmod 755 $d; mkdir $d/DEBIAN
  dpkg-query -s $1 | awk '/^(Status|Conffiles):/ { skip = /^Conffiles/; next } /^ / && skip { next } { skip = 0; print }' |
    sed "s/^Version: .*/Version: $2/; s/nginx-abi-[0-9.-]*/$(abi $2)/; s/nginx-common (= [^)]*)/nginx-common (= $2)/; s/nginx (\(<<\|>=\|=\) [^)]*)/nginx/g; /^\(Replaces\|Breaks\):/d" > $d/DEBIAN/control
  for s in preinst postinst prerm postrm conffiles triggers; do
    f=/var/lib/dpkg/info/$1.$s; if [ -e $f ]; then cp -p $f $d/DEBIAN/$s; fi
  done
  while read -r f; do
    if [ "$f" = /. ]; then continue; fi
    if [ -d "$f" ] && [ ! -L "$f" ]; then mkdir -p "$d$f"; elif [ -e "$f" ] || [ -L "$f" ]; then mkdir -p "$d${'$'}{f%/*}"; cp -a "$f" "$d$f"; fi
  done < /var/lib/dpkg/info/$1.list
  if [ $1 = $daemon ]; then cp "$3" $d/usr/sbin/$daemon; fi
  deb=$1_$2.deb
  dpkg-deb --root-owner-group -Zgzip -b $d $repo/$deb > /dev/null
  { cat $d/DEBIAN/control; echo "Filename: ./$deb"; echo "Size: $(stat -c %s $repo/$deb)"; echo "SHA256: $(sha256sum < $repo/$deb | cut -d' ' -f1)"; echo; } >> $repo/Packages
  rm -rf $d
}
first=$1
while [ $# -gt 0 ]; do for p in $daemon $with; do pack $p "$1" "$2"; done; shift 2; done
echo "deb [trusted=yes] file:$repo ./" > /etc/apt/sources.list
apt-get -qq update
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
apt-get -qq -y --allow-downgrades -o Dpkg::Options::=--force-confold install $(for p in $daemon $with; do echo "$p=$first"; done) > /dev/null
rm /usr/sbin/policy-rc.d
systemctl restart $daemon
`

/** Gives a host a repository of these versions of a daemon, and has the first of them installed and running. */
export async function usePackages(
  lab: Lab,
  host: string,
  daemon: keyof typeof packaged,
  versions: readonly Packaged[],
): Promise<void> {
  const file = join(tmpdir(), `zdt-e2e-repository-${lab.name}.sh`)
  await writeFile(file, script)
  const copied = await lab.inLab(['scp', '-q', file, ...versions.map(({ binary }) => binary), `${host}:/tmp/`])
  await rm(file)
  const [name, ...others] = packaged[daemon]
  const words = versions.flatMap(({ version, binary }) => [version, `/tmp/${binary.split('/').at(-1)}`])
  const there = [file, ...versions.map(({ binary }) => binary)].map((one) => `/tmp/${one.split('/').at(-1)}`)
  const made = await lab.ssh(
    host,
    `sudo sh ${there[0]} ${name} '${others.join(' ')}' ${words.join(' ')} && rm -f ${there.join(' ')}`,
    { timeout: 120_000 },
  )
  if (copied.code !== 0 || made.code !== 0) throw new Error(`no repository on ${host}: ${copied.stderr}${made.stderr}`)
}

/** Adds packages as they are, files of this machine, to the repository of a host. */
export async function addPackages(lab: Lab, host: string, files: readonly string[]): Promise<void> {
  const copied = await lab.inLab(['scp', '-q', ...files, `${host}:/tmp/`])
  if (copied.code !== 0) throw new Error(copied.stderr)
  await fromOutside(
    lab,
    host,
    `cd /srv/repo; for deb in /tmp/*.deb; do
  name=$(basename $deb | sed 's/%3a/-/'); mv $deb $name
  { dpkg-deb -f $name; echo "Filename: ./$name"; echo "Size: $(stat -c %s $name)"; echo "SHA256: $(sha256sum < $name | cut -d' ' -f1)"; echo; } >> Packages
done
apt-get -qq update`,
  )
}

/** What is installed on a host, by dpkg's own words, and what an upgrade could have left of itself. */
export async function packagesOn(lab: Lab, host: string, daemon: keyof typeof packaged): Promise<string[]> {
  const list = `dpkg-query -W -f '\${db:Status-Abbrev} \${Package} \${Version}\\n' ${packaged[daemon].join(' ')}`
  const left = 'ls -d /usr/sbin/policy-rc.d /var/lib/zdt/packages/* 2>/dev/null'
  const { stdout } = await lab.ssh(host, `sudo sh -c "${list.replaceAll('$', '\\$')}; dpkg --audit; ${left}; true"`)
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' '))
}
