/** A version of nginx (or of a sister: freenginx, angie, openresty), as `-v` prints it. */
export type NginxVersion = {
  /** `nginx`, `openresty`, … */
  readonly name: string
  /** `1.26.3`. */
  readonly text: string
}

/** Reads `nginx version: nginx/1.22.1 (Ubuntu)` out of what `-v` or `-V` said; undefined when it is not there. */
export function parseVersion(said: string): NginxVersion | undefined {
  const [, name, text] = /^\S+ version: ([A-Za-z][\w-]*)\/(\d+(?:\.\d+)*)/m.exec(said) ?? []
  return name === undefined || text === undefined ? undefined : { name, text }
}

/** Below 0 when `a` is older than `b`, 0 when they are the same, above 0 when it is newer. Names are not compared. */
export function compareVersions(a: NginxVersion, b: NginxVersion): number {
  const [left, right] = [a, b].map(({ text }) => text.split('.').map(Number))
  for (let place = 0; place < Math.max(left?.length ?? 0, right?.length ?? 0); place++) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
