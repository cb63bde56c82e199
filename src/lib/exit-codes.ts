/** What a pipeline reads; the one map that `--help`, the README and the tests are made from. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done, or already so' },
  bug: { code: 1, meaning: 'a bug in zdt' },
  usage: { code: 2, meaning: 'wrong usage or an invalid zdt.yaml; nothing was touched' },
  refused: { code: 3, meaning: 'refused before touching anything: preflight, capacity, unhealthy peer, host key' },
  putBack: { code: 4, meaning: 'failed, and everything was put back' },
  left: { code: 5, meaning: 'failed or paused with something left undone: needs a person (`zdt runs` tells what)' },
  locked: { code: 6, meaning: 'somebody else holds the lock' },
  lost: { code: 7, meaning: 'done, but the probe lost more than `--max-lost`' },
  differs: { code: 8, meaning: '`zdt diff`, `zdt stale`: what runs is not what it should be; nothing was touched' },
  interrupted: { code: 130, meaning: 'interrupted: the run is paused, or nothing was changed yet' },
} as const

/** The name of an exit code. */
export type Exit = keyof typeof exitCodes
