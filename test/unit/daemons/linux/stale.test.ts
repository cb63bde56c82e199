import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseRunningCode } from '../../../../src/daemons/linux/stale.ts'

const web1 = readFileSync(new URL('fixtures/running-code-web1.txt', import.meta.url), 'utf8')

describe('what runs on a host whose libpcre2 was replaced', () => {
  const seen = parseRunningCode(web1)

  test('each process of a unit, and what is gone of its code', () =>
    expect(seen?.units.get('nginx')?.processes).toEqual(
      [77, 78, 79].map((pid) => ({
        pid,
        main: pid === 77,
        gone: ['/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.14.0'],
      })),
    ))

  test('a unit that does not run, or is none, has no process', () => {
    expect(seen?.units.get('haproxy')?.processes).toEqual([])
    expect(seen?.units.get('nonesuch')?.processes).toEqual([])
  })

  test('whose a file is, by a package’s name with and without its architecture', () => {
    expect(seen?.owners.get('/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.14.0')).toEqual({
      package: 'libpcre2-8-0',
      installed: '10.46-1~deb13u2',
      candidate: '10.46-1~deb13u2',
    })
    expect(seen?.owners.get('/usr/sbin/nginx')?.package).toBe('nginx')
  })

  test('by the name that a file had before /usr was merged', () => {
    const before = web1.replace(' libssl3t64:amd64 /usr/lib/', ' libssl3t64:amd64 /lib/')
    expect(parseRunningCode(before)?.owners.get('/usr/lib/x86_64-linux-gnu/libssl.so.3')?.package).toBe('libssl3t64')
  })

  test('an update that waits', () => {
    const newer = web1.replace('Candidate: 3.5.7-1~deb13u2', 'Candidate: 3.5.8-1~deb13u1')
    expect(parseRunningCode(newer)?.owners.get('/usr/lib/x86_64-linux-gnu/libssl.so.3')?.candidate).toBe(
      '3.5.8-1~deb13u1',
    )
  })

  test('when the lists are from', () => expect(seen?.listsAt).toBe(1_795_267_412_000))
  test('without dpkg nothing is said of packages', () => {
    const answer = web1.replace(/@owners[^]*(?=@end)/, '')
    expect(parseRunningCode(answer)).toMatchObject({ owners: new Map(), listsAt: undefined })
  })
  test('cut short it is none', () => expect(parseRunningCode(web1.replace('@end', ''))).toBeUndefined())
})
