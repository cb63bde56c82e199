import { describe, expect, test } from 'vitest'
import { Held } from '../../../../src/hosts/lease/errors.ts'
import { ageOf, parseLeases } from '../../../../src/hosts/lease/lease.ts'
import type { HostName } from '../../../../src/lib/types.ts'

const lb1 = 'lb1' as HostName
const file = `zdt-lease 1
run 7K3M9X
holder oncall@ops2
title drain app2
process ops2 1f0c 4321 99
token 31e0787e960eabd4
fence 12
since 1795168861
until       1795169000
up-until           406001
term 30
boot 301c3a0f
end
`
const said = (head: string, text = file): string => `lease ${head}\n${text.replaceAll(/^(?=.)/gm, ' ')}\n`

describe('a lease as the host says it', () => {
  test('is read with all that is in it', () => {
    const [lease] = parseLeases(lb1, `a chatty line\n${said('host held 1900')}`)
    expect(lease).toEqual({
      host: 'lb1',
      scope: 'host',
      state: 'held',
      left: 19_000,
      run: '7K3M9X',
      holder: 'oncall@ops2',
      title: 'drain app2',
      process: 'ops2 1f0c 4321 99',
      token: '31e0787e960eabd4',
      fence: 12,
      since: 1_795_168_861,
      until: 1_795_169_000,
    })
    expect(lease && ageOf(lease)).toBe(120_000)
  })

  test('that is torn, or of a later kind, has no holder', () => {
    const texts = [file.slice(0, 60), file.replace('end\n', ''), file.replace('lease 1', 'lease 2'), '']
    for (const text of texts) {
      expect(parseLeases(lb1, said('vip-public held 5', text))).toEqual([
        { host: 'lb1', scope: 'vip-public', state: 'held', left: 50 },
      ])
    }
  })

  test('is one of several', () => {
    const text = `${said('host expired -20')}${said('pool-shop busy 0')}lease vip-x free 0\n`
    expect(parseLeases(lb1, text).map(({ scope, state, left }) => [scope, state, left])).toEqual([
      ['host', 'expired', 0],
      ['pool-shop', 'busy', 0],
      ['vip-x', 'free', 0],
    ])
  })

  test('is refused with in a sentence', () => {
    const sentence = (head: string, text = file): string => new Held(parseLeases(lb1, said(head, text))).message
    const who = 'oncall@ops2 (drain app2, run 7K3M9X)'
    expect(sentence('host held 1900')).toBe(`lb1 is locked by ${who}, for 2 m now`)
    expect(sentence('pool-shop held 1900')).toBe(`pool shop on lb1 is locked by ${who}, for 2 m now`)
    expect(sentence('host busy 0')).toBe(`lb1: a command of ${who} is still under way`)
    expect(sentence('host busy 0', '')).toBe('lb1: a command of an earlier run is still under way')
    expect(sentence('vip-public held 1900', 'torn')).toBe(
      'vip public on lb1 is locked by somebody unknown: its lease cannot be read; it ends in 19 s',
    )
  })
})
