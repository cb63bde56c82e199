import { leaseCodes } from './lease-codes.ts'
import { wordsScript } from './words-script.ts'

/** Where a host keeps what zdt must know about it. */
export const stateDirectory = '/var/lib/zdt'

/*
 * $1 the base directory, $2 what to do, then its own arguments. All by position: any text works.
 *
 * - Time is the host's time since its boot, in hundredths (`up-until`): setting the clock moves no lease. After a reboot
 *   the wall clock decides (`until`); when that cannot be right, the lease ends a whole term after the boot.
 * - One file, .guard, is locked around each take, renewal, release and break. The other, .busy, is held (shared) by each
 *   guarded command while it runs: whoever takes a host waits for it, so that a command which began under a lease has
 *   ended before somebody else's lease begins. Whoever may open a file may also lock it: so these are root's alone.
 * - A lease is known by its token, made anew by each zdt process: a resumed run has the name of the one that was killed.
 * - A file has its name only when it is whole. A full disk must not cost a lease that is held: then a renewal writes
 *   over the old file, which has the same length.
 * - Nothing waits for the disk. What a crash takes away ends a lease, and a lease that has ended lets nothing through;
 *   only the counter must not go back: after a boot it jumps over what may have been lost.
 * - Builtins where there is one: a run waits for its leases, and each program costs a millisecond.
 */
const parts = {
  begin: `set -u
umask 022
export LC_ALL=C
base=$1 verb=$2 d=$1/locks; shift 2
no() { exit ${leaseCodes.refused}; }
now() {
  read -r up rest </proc/uptime; hundredths=\${up#*.}; up=$((\${up%.*} * 100 + 1$hundredths - 100))
  read -r boot </proc/sys/kernel/random/boot_id
  wall=$(date +%s)
}
lock() {
  cd "$d" || no
  command -v flock >/dev/null || { echo 'there is no flock (util-linux) there' >&2; no; }
  umask 077; command exec 9>>.guard || no; umask 022
  flock -w 5 9 || { echo "another zdt has $d/.guard locked for 5 s" >&2; exit ${leaseCodes.guarded}; }
  now
}`,

  // Sets `state` to free, held or expired, and `left` to the hundredths that are left.
  look: `look() {
  state=free left=0 l_token= l_fence= l_up= l_boot= l_until= l_term= whole=
  [ -e "$1" ] || return 0
  while read -r key value; do
    case $key in
      token) l_token=$value ;; fence) l_fence=$value ;; up-until) l_up=$value ;; boot) l_boot=$value ;;
      until) l_until=$value ;; term) l_term=$value ;; end) whole=yes ;;
    esac
  done <"$1"
  for number in "$l_fence" "$l_up" "$l_until" "$l_term"; do
    case $number in '' | *[!0-9]*) whole= ;; esac
  done
  state=held
  if [ -z "$whole" ]; then
    age=$((wall - $(stat -c %Y "$1")))
    left=$(((30 - age) * 100))
    if [ "$age" -le -30 ]; then left=0; fi
  elif [ "$l_boot" = "$boot" ]; then
    left=$((l_up - up))
  else
    left=$(((l_until - wall) * 100))
    if [ "$left" -gt $((l_term * 100)) ]; then left=$((l_term * 100 - up)); fi
  fi
  if [ "$left" -le 0 ]; then state=expired; fi
}
say() {
  printf 'lease %s %s %s\\n' "$1" "$state" "$left"
  [ ! -e "$1" ] || { head -c 4096 "$1" | sed 's/^/ /'; echo; }
}`,

  // $1 since. The numbers that grow have one width, so that a renewal has the length of what it renews.
  content: `pad() { padded=$1; while [ \${#padded} -lt 16 ]; do padded=" $padded"; done; }
content() {
  pad $((wall + term)); until=$padded
  pad $((up + term * 100))
  printf '%s %s\\n' zdt-lease 1 run "$run" holder "$holder" title "$title" process "$process" token "$token" \\
    fence "$fence" since "$1" until "$until" up-until "$padded" term "$term" boot "$boot" && echo end
}`,

  words: wordsScript,

  take: `take() {
  run=$1 token=$2 term=$3 holder=$4 title=$5 process=$6 over=$7; shift 7
  [ -d "$d/.new" ] || mkdir -p "$d/.new" || no
  [ -d "$base/runs" ] || (umask 077; mkdir -p "$base/runs") || no
  lock
  refused=
  for scope; do
    look "$scope"
    case $state in held) case " $token $over " in *" \${l_token:--} "*) ;; *) refused=yes; say "$scope" ;; esac ;; esac
  done
  [ -z "$refused" ] || exit ${leaseCodes.held}
  case " $* " in *' host '*)
    umask 077; command exec 8>>.busy || no; umask 022
    flock -w 1 8 || { look host; state=busy; say host; exit ${leaseCodes.held}; } ;;
  esac
  fence=0 since_boot=$boot
  if [ -e .fence ]; then read -r fence since_boot <.fence; fi
  case $fence in '' | 0?* | *[!0-9]* | ????????????????*) fence=$wall ;; esac
  if [ "$since_boot" = "$boot" ]; then fence=$((fence + 1)); else fence=$((fence + 1000)); fi
  cd .new || no
  # printf knows no reason: a program that fails in the same way says it.
  undo() { : | cat >.why; echo | cat >.why; rm -f .why .fence host vip-* pool-*; no; }
  { echo "$fence $boot" >.fence; } 2>/dev/null || undo
  for scope; do { content "$wall" >"$scope"; } 2>/dev/null || undo; done
  mv -f .fence "$@" .. || undo
  cd .. && sweep
  echo "fence $fence"
}`,

  renew: `renew() {
  token=$1 fence=$2 term=$3 heard=$4; shift 4
  [ -d "$d" ] || exit ${leaseCodes.notOurs}
  lock
  lost=
  for scope; do
    look "$scope"
    case "$state $l_token $l_fence" in "held $token $fence") ;; *) lost=yes; say "$scope" ;; esac
  done
  [ -z "$lost" ] || exit ${leaseCodes.notOurs}
  for scope; do
    while read -r key value; do
      case $key in
        run) run=$value ;; holder) holder=$value ;; title) title=$value ;;
        process) process=$value ;; since) since=$value ;;
      esac
    done <"$scope"
    { content "$since" >".new/$scope" && mv -f ".new/$scope" "$scope"; } 2>/dev/null || {
      rm -f ".new/$scope"
      content "$since" 1<>"$scope" || no
    }
  done
  say_words
}
release() {
  token=$1; shift
  [ -d "$d" ] || exit 0
  lock
  for scope; do
    look "$scope"
    shift
    if [ "$l_token" = "$token" ]; then set -- "$@" "$scope"; fi
  done
  [ $# -eq 0 ] || rm -f "$@" || no
  sweep
}`,

  read: `all() { for file in *; do if [ -f "$file" ]; then printf '%s\\n' "$file"; fi; done; }
show() { for scope; do look "$scope"; if [ "$state" != free ]; then say "$scope"; fi; done; }
break_() {
  shown=$1
  [ -d "$d" ] || exit 0
  lock
  set -- $(all)
  for scope; do
    shift
    look "$scope"
    case $shown in *" $scope=$l_token "* | *" $scope= "*) set -- "$@" "$scope" ;; esac
  done
  show "$@"
  [ $# -eq 0 ] || rm -f "$@" || no
  sweep
}
case $verb in
  take) take "$@" ;;
  renew) renew "$@" ;;
  release) release "$@" ;;
  word) word "$@" ;;
  read) [ -e "$d" ] || exit 0; cd "$d" || no; now; show $(all) ;;
  break) break_ "$@" ;;
esac`,
}

const script = Object.values(parts).join('\n')

/** What can be asked of the leases of a host, with its arguments in the script's order. */
export type LeaseOrder = readonly ['take' | 'renew' | 'release' | 'word' | 'read' | 'break', ...(readonly string[])]

/** The command that carries out one order for all its scopes in one round trip. */
export function leaseCommand(order: LeaseOrder, base: string = stateDirectory): readonly string[] {
  return ['/bin/sh', '-c', script, 'zdt-lease', base, ...order]
}
