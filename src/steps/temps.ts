import type { On } from '../engine/step-kind.ts'

/** `Host.write` leaves such a file beside its target when the host itself dies on it; see src/hosts/write.ts. */
const list = String.raw`
case $1 in */*) dir=${'$'}{1%/*} ;; *) dir=. ;; esac
for temp in "$dir/.${'$'}{1##*/}.zdt-"*; do
  [ -f "$temp" ] || continue
  if [ "$2" = remove ]; then rm -f -- "$temp"; else printf '%s\n' "$temp"; fi
done
`

/** Halves of an upload that never became `path`. */
export async function leftTemps(on: On, path: string): Promise<string[]> {
  const { stdout } = await on.host.run(['sh', '-c', list, 'zdt-temps', path, 'list'], { as: 'root', signal: on.signal })
  return stdout.toString().split('\n').filter(Boolean)
}

/** Takes them away. */
export async function removeTemps(on: On, path: string): Promise<void> {
  await on.host.run(['sh', '-c', list, 'zdt-temps', path, 'remove'], { as: 'root', signal: on.signal })
}
