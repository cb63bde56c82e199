import type { Host } from '../hosts/host.ts'

const liesScript = String.raw`
target=$(readlink -f -- "$1") || exit 1
printf '%s\n%s\n' "$target" "$(sha256sum < "$target" | cut -d' ' -f1)"
dpkg-query -S "$target" 2>/dev/null | sed -n 's/: .*//p' | head -n 1
exit 0
`

/** What lies at a path, links followed: its digest, and the package that it belongs to, where dpkg knows one. */
export async function liesAt(host: Host, path: string): Promise<{ target: string; sha256: string; owner: string }> {
  const { stdout } = await host.run(['sh', '-c', liesScript, 'zdt-lies', path], { as: 'root' })
  const [target = path, sha256 = '', owner = ''] = stdout.toString().split('\n')
  return { target, sha256, owner }
}
