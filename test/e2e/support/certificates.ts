import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  certificates,
  fingerprintOf,
  replaceCertificate,
  whyReload,
} from '../../../src/daemons/haproxy/certificates.ts'
import { say } from '../../../src/daemons/haproxy/runtime.ts'
import type { On } from '../../../src/engine/step-kind.ts'
import type { Host } from '../../../src/hosts/host.ts'
import { renewCertificate } from '../../../src/steps/haproxy/renew-certificate.ts'
import type { Lab } from './lab.ts'
import { labHost } from './lab-host.ts'
import { makePem } from './pem.ts'

const socket = '/run/haproxy/admin.sock'
const path = '/etc/haproxy/haproxy.cfg'
const file = '/etc/haproxy/shop.pem'
const next = '/etc/haproxy/shop.pem.next'

/** The tests of a certificate that is renewed at run time, the same for every version of HAProxy. */
export function certificateTests(lab: Lab): void {
  let host: Host
  let real: string
  let strangeKey: string
  let renew: Parameters<typeof renewCertificate.observe>[0]
  const on = (): On => ({
    host,
    run: '7K2Q9X',
    signal: new AbortController().signal,
    other: () => Promise.resolve(host),
    text: () => Promise.reject(new Error('no text')),
  })
  const text = async (at: string) => (await host.read(at)).toString()
  /** What a client of the load balancer is given now. */
  const given = async () => {
    const script = `const t = require('tls').connect(8443, '10.77.0.11', { rejectUnauthorized: false }, () => { console.log(t.getPeerX509Certificate().fingerprint.replaceAll(':', '')); t.end() })`
    return (await lab.inLab(['node', '-e', script], { timeout: 90_000 })).stdout.trim()
  }
  const done = async (which: 'verify' | 'undone', found: { readonly fingerprint: string }) =>
    (await renewCertificate[which](renew, found, on())).done

  beforeAll(async () => {
    host = await labHost(lab, 'lb1')
    real = await text(path)
    const [old, fresh] = [await makePem(), await makePem()]
    await host.write(file, `${old.certificate}${old.key}`, { mode: '0600' })
    await host.write(next, `${fresh.certificate}\n${fresh.key}`, { mode: '0600' })
    strangeKey = old.key
    const tls = `frontend tls\n    bind 10.77.0.11:8443 ssl crt ${file}\n    default_backend shop\n\n`
    await host.write(path, real.replace('frontend public', `${tls}frontend public`))
    await host.run(['systemctl', 'restart', 'haproxy'], { as: 'root' })
    const fingerprint = fingerprintOf(await text(next)) ?? ''
    renew = { socket, file, source: next, previous: file, fingerprint }
    await vi.waitUntil(async () => (await given()) !== '', { timeout: 90_000 })
  })
  afterAll(async () => {
    await host.write(path, real)
    await host.run(['systemctl', 'restart', 'haproxy'], { as: 'root' })
  })

  test('served to new handshakes, served still, and put back', async () => {
    const old = fingerprintOf(await text(file))
    expect(await given()).toBe(old)
    expect(whyReload(file, await text(file), await text(next), await certificates(host, socket))).toBeUndefined()
    const found = await renewCertificate.observe(renew, on())
    expect(found.fingerprint).toBe(old)
    await renewCertificate.apply(renew, found, on())
    expect(await done('verify', found)).toBe(true)
    expect(await given()).toBe(renew.fingerprint)
    expect(renewCertificate.isDone(renew, await renewCertificate.observe(renew, on()))).toBe(true)
    await renewCertificate.undo(renew, found, on())
    expect(await done('undone', found)).toBe(true)
    expect(await given()).toBe(old)
  })

  test('killed between set and commit: undone, nothing is left open', async () => {
    const found = await renewCertificate.observe(renew, on())
    await say(host, socket, `set ssl cert ${file}`, { payload: (await text(next)).replaceAll('\n\n', '\n') })
    expect((await certificates(host, socket)).open).toEqual([file])
    await renewCertificate.undo(renew, found, on())
    expect(await certificates(host, socket)).toMatchObject({ open: [] })
    expect(await done('undone', found)).toBe(true)
  })

  test('a key that does not fit is refused in HAProxy’s words, which never hold the key, and nothing has changed', async () => {
    const pem = (await text(next)).replace(/-----BEGIN PRIVATE[^]*/, '') + strangeKey
    const refused = replaceCertificate(host, socket, { file, pem })
    await expect(refused).rejects.toMatchObject({
      said: expect.stringContaining('inconsistencies between private key and certificate') as string,
    })
    await refused.catch((error: unknown) => expect(JSON.stringify(error)).not.toContain('PRIVATE KEY'))
    expect(await certificates(host, socket)).toMatchObject({ open: [] })
    expect(await given()).toBe(fingerprintOf(await text(file)))
  })
}
