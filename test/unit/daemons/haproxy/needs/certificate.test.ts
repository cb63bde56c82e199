import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../../../src/daemons/haproxy/certificates.ts'
import { certificateNeeded, type FileTexts } from '../../../../../src/daemons/haproxy/needs/certificate.ts'
import { key, one, other } from '../pems.ts'

const file = '/etc/haproxy/shop.pem'
const certificates = { used: [file], open: [] }
const [was, is] = [fingerprintOf(one), fingerprintOf(other)]

describe('what a changed file beside haproxy.cfg needs', () => {
  test.each([was, is])(
    'a renewed certificate is given to the running worker, whichever of both it serves',
    (served) => {
      expect(
        certificateNeeded(file, { before: one + key, after: other + key }, { certificates, fingerprint: served }),
      ).toEqual({
        where: file,
        what: `certificate ${was?.slice(0, 12)}… → ${is?.slice(0, 12)}… (SHA-1), both until 2109-01-10`,
        need: 'runtime',
        change: { change: 'certificate', file, fingerprint: is },
      })
    },
  )

  test.each<readonly [string, FileTexts, string | undefined, string]>([
    ['a file that is new', { before: undefined, after: other + key }, was, 'new file'],
    ['no certificate', { before: 'a b\n', after: 'a c\n' }, undefined, 'it is read at start only'],
    ['no key', { before: one, after: other }, was, 'its key is in another file'],
    [
      'one that is served by nobody’s file',
      { before: one + key, after: other + key },
      'AB'.repeat(20),
      'HAProxy serves another certificate than the one that lies there',
    ],
  ])('%s needs a reload, and nothing of it is said', (_what, texts, fingerprint, why) => {
    expect(certificateNeeded(file, texts, { certificates, fingerprint })).toEqual({
      where: file,
      what: '',
      need: 'reload',
      why,
    })
  })
})
