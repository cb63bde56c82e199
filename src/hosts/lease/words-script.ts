import { leaseCodes } from './lease-codes.ts'

/*
 * Words for a run at work, each a file .word-TOKEN-ID beside its lease; a part of `script.ts`, whose functions it calls.
 *
 * - A renewal says the words that are there for it, again and again until it says that it has heard them: an answer may be lost.
 * - One that nobody has a lease for any more is for nobody, and is swept away.
 */
export const wordsScript = `sweep() {
  for word in .word-*; do
    [ -e "$word" ] || continue
    token_of=\${word#.word-}
    grep -qsx "token \${token_of%-*}" host vip-* pool-* || rm -f "$word"
  done
}
say_words() {
  for word in .word-"$token"-*; do
    [ -e "$word" ] || continue
    id=\${word##*-}
    case " $heard " in
      *" $id "*) rm -f "$word" ;;
      *) if read -r said <"$word"; then printf 'word %s %s\\n' "$id" "$said"; fi ;;
    esac
  done
}
word() {
  token=$1 word=.word-$1-$2 said=$3
  [ -d "$d" ] || exit ${leaseCodes.notOurs}
  lock
  for scope in $(all); do
    look "$scope"
    case "$state $l_token" in
      "held $token")
        umask 077
        { printf '%s\\n' "$said" | cat >".new/$word"; } && [ -s ".new/$word" ] && mv -f ".new/$word" . && exit 0
        rm -f ".new/$word"
        no ;;
    esac
  done
  exit ${leaseCodes.notOurs}
}`
