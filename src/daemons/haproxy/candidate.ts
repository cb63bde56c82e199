/** HAProxy tells its version, what it was built with and what it can do by -vv (haproxy(1)). */
export const asked = {
  name: 'HAProxy',
  option: '-vv',
  versionIn: (said: string): string | undefined => /^HA-?Proxy version (\d+\.\d+\S*)/m.exec(said)?.[1],
} as const
