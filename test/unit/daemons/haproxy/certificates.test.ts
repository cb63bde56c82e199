import { describe, expect, test } from 'vitest'
import {
  parseCertificates,
  parseFingerprint,
  setCertificate,
  whyReload,
} from '../../../../src/daemons/haproxy/certificates.ts'
import { key, one, other } from './pems.ts'

const file = '/etc/haproxy/shop.pem'
const used = { used: [file], open: [] }

test('which are in use, and which are set and not committed', () => {
  expect(parseCertificates(`# transaction\n*${file}\n# filename\n${file}\n/etc/haproxy/api.pem\n`)).toEqual({
    used: [file, '/etc/haproxy/api.pem'],
    open: [file],
  })
})

test('the fingerprint, as 2.6 and 3.0 say it', () => {
  const said = `Filename: ${file}\nStatus: Used\nAlgorithm: RSA2048\nSHA1 FingerPrint: FAB5B5EDF05E0B592D50669C53B03479D0F5351C\nSubject: /CN=shop2.example\n`
  expect(parseFingerprint(said)).toBe('FAB5B5EDF05E0B592D50669C53B03479D0F5351C')
  expect(parseFingerprint("Can't display the certificate: Not found or the certificate is a bundle!")).toBeUndefined()
})

test('a path that would end its command is never said', () => {
  expect(() => setCertificate('/etc/a b.pem')).toThrow('cannot be said')
  expect(() => setCertificate('/etc/a;disable frontend x')).toThrow('cannot be said')
})

describe('a renewed certificate', () => {
  test.each<readonly [string, string, string, typeof used, string | undefined]>([
    ['with its key', one + key, other + key, used, undefined],
    ['with the same leaf', one + key, one + other + key, used, 'its leaf is the same, and only that can be read back'],
    ['without its key', one, other, used, 'its key is in another file'],
    [
      'of a file that is not in use',
      one + key,
      other + key,
      { used: [], open: [] },
      'HAProxy does not use it under this path',
    ],
    ['that is none', one + key, key, used, 'it is no certificate in PEM'],
    [
      'with a long chain',
      one + key,
      other + key + one.repeat(30),
      used,
      'it is larger than one command of the runtime CLI',
    ],
  ])('%s', (_name, before, after, known, why) => {
    expect(whyReload(file, before, after, known)).toBe(why)
  })
})
