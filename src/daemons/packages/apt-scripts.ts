/** Where a policy-rc.d has to be for invoke-rc.d and deb-systemd-invoke to heed it (policy-rc.d.spec of Debian's). */
const policy = '/usr/sbin/policy-rc.d'

/** Days after which what an upgrade fetched goes, with its way back: as the journals do. */
const keptDays = 30

/**
 * `sh -c SCRIPT zdt-fetch DIR SPEC…`, SPEC `new nginx:amd64=1.26.3-3` or `old …`, as two words: fetches each. The way back has
 * every package as it is installed: from where the host's packages come from, from what apt kept, or packed again. What comes
 * on stdin is kept as DIR/install.sh: what a person types to put it back.
 */
export const fetchScript = String.raw`
set -e
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
dir=$1; shift
mkdir -p "${'$'}{dir%/*}"
find "${'$'}{dir%/*}" -mindepth 1 -maxdepth 1 -type d -mtime +${keptDays} -exec rm -rf {} +
rm -rf "$dir"
mkdir -p "$dir/new" "$dir/old"
while [ $# -gt 0 ]; do
  which=$1 spec=$2; shift 2
  cd "$dir/$which"
  said=$(apt-get -q -o DPkg::Lock::Timeout=60 download "$spec" 2>&1) && continue
  [ "$which" = old ] || { printf '%s\n' "$said" >&2; exit 1; }
  name=${'$'}{spec%%:*} version=${'$'}{spec#*=} architecture=${'$'}{spec#*:}; architecture=${'$'}{architecture%%=*}
  kept=/var/cache/apt/archives/${'$'}{name}_$(printf %s "$version" | sed 's/:/%3a/g')_$architecture.deb
  if [ -f "$kept" ]; then cp "$kept" .
  elif command -v dpkg-repack >/dev/null; then dpkg-repack "$name:$architecture" >/dev/null
  else echo "no source of packages has $spec any more: without it there is no way back" >&2; exit 3; fi
done
cd "$dir"
cat > install.sh
sha256sum new/*.deb old/*.deb > sums.new 2>/dev/null || sha256sum new/*.deb > sums.new
sync
mv sums.new sums
`

/** What an install holds for as long as apt lives: apt inherits it, and outlives whoever began it. */
const lock = 'exec 9>>"$dir/lock" && flock -w 600 9'

/** `sh -c SCRIPT zdt-settled DIR`: ends when no install of what lies in DIR is under way. Fails after ten minutes. */
export const settledScript = `dir=$1; [ -d "$dir" ] || exit 0; ${lock}`

/** `sh -c SCRIPT zdt-fetched DIR`: exits 0 when all that was fetched is there, whole. */
export const fetchedScript = String.raw`cd "$1" 2>/dev/null && [ -f sums ] && sha256sum --quiet -c sums >/dev/null 2>&1`

/**
 * `sh SCRIPT DIR WHICH REMOVE…`: installs what lies in DIR/WHICH, and takes away the packages named (`name-`).
 * Configuration that somebody has changed stays. Nothing is written to our own outputs until apt has ended.
 */
export const installScript = String.raw`
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l
dir=$1 which=$2; shift 2
cd / || exit 1
${lock} || { echo 'E: another install of these packages is still under way' >&2; exit 1; }
printf '#!/bin/sh\nexit 101\n' > "$dir/policy-rc.d" && chmod 755 "$dir/policy-rc.d" || exit 1
[ -e ${policy} ] || : > ${policy} || exit 1
inside='mount --bind "$1/policy-rc.d" ${policy} || exit 97
# Where it may not be executed (noexec), nobody would heed it.
${policy} zdt start; [ $? = 101 ] || exit 98
shift
dpkg --configure -a --force-confold --force-confdef && exec "$@"'
keep=--no-remove
[ "$which" = new ] || keep=
# In a session of its own: whoever ends our own processes does not end apt in the middle.
setsid --wait unshare -m sh -c "$inside" zdt-install "$dir" apt-get -y -q -o DPkg::Lock::Timeout=120 \
  -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef --allow-downgrades --allow-change-held-packages $keep \
  install "$dir/$which"/*.deb "$@" > "$dir/$which.log" 2>&1 </dev/null
code=$?
[ -s ${policy} ] || [ -x ${policy} ] || rm -f ${policy}
[ $code = 0 ] || { grep -E '^(E:|dpkg: |mount|unshare)' "$dir/$which.log" || tail -n 8 "$dir/$which.log"; } >&2
exit $code
`

/** `sh -c SCRIPT zdt-litter`: says so where an install that died has left its empty policy-rc.d; takes it away with `remove`. */
export const litterScript = String.raw`
[ -e ${policy} ] && ! [ -s ${policy} ] && ! [ -x ${policy} ] || exit 0
if [ "$1" = remove ]; then rm -f ${policy}; else echo ${policy}; fi
`
