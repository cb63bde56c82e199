import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApplying } from './applying.ts'
import type { Lab } from './lab.ts'
import { makePem, seenOf } from './pem.ts'
import { underTlsLoad } from './tls-load.ts'
import { deep, isWide } from './wide.ts'

const vip = 'https://10.77.0.100:8443/'
const web1 = 'https://10.77.0.13:8443/'
const onBalancers = '/etc/haproxy/shop.pem'

/** The tests of certificates that are renewed by apply, the same for every version of the daemons. */
export function applyCertificateTests(lab: Lab): void {
  const { fleet, apply, underLoad, workers, world, edit } = useApplying(lab)
  const { files } = fleet
  const done = { code: 0 }
  /** Another certificate beside zdt.yaml, as whatever renews it would write it. Returns what clients will see. */
  const renew = async (file: string) => {
    const { certificate, key } = await makePem()
    await writeFile(join(fleet.directory, file), `${certificate}${key}`)
    return seenOf(certificate)
  }
  const named = (template: string, path: string, source: string) => (text: string) =>
    text.replace(
      `template: ${template} }`,
      `template: ${template}, files: { ${path}: { source: ${source}, secret: true } } }`,
    )
  let seen = ''

  beforeAll(async () => {
    seen = await renew('shop.pem')
    await fleet.edit('zdt.yaml', named(files.haproxy, onBalancers, 'shop.pem'))
    const bind = (address: string) => `    bind ${address}:8443 ssl crt ${onBalancers}\n`
    const tls = `frontend tls\n${bind('10.77.0.100')}${bind('{{host.address}}')}    default_backend shop\n\n`
    await fleet.edit(files.haproxy, (text) => text.replace('frontend shop_direct', `${tls}$&`))
  }, 60_000)

  deep('a file that is new is read at start only: it comes by a reload', async () => {
    expect(await apply('haproxy', '--accept-drift')).toMatchObject(done)
    expect(await underTlsLoad(lab, vip, () => Promise.resolve())).toEqual([seen])
    expect(await fleet.root('lb1', `stat -c %a ${onBalancers}`)).toBe('600\n')
  })

  deep(
    'HAProxy’s: given to the running workers and written; new handshakes see it, nothing lost, no worker is another',
    async () => {
      const before = await workers()
      const next = await renew('shop.pem')
      const { code, stdout } = await fleet.zdt('diff', 'haproxy')
      expect(code).toBe(8)
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
        new RegExp(
          `runtime: ${onBalancers} certificate ([0-9A-F]{12}… → [0-9A-F]{12}… \\(SHA-1\\), both )?until 20[-0-9]+( → until 20[-0-9]+)? · lb1, lb2`,
        ),
      )
      expect(stdout).not.toContain('PRIVATE KEY')
      expect(await underTlsLoad(lab, vip, async () => expect(await apply('haproxy')).toMatchObject(done))).toEqual([
        seen,
        next,
      ])
      seen = next
      expect(await workers()).toEqual(before)
      expect(await fleet.zdt('diff', 'haproxy')).toMatchObject(done)
      // The file says what is served: a reload brings no other.
      expect(await fleet.zdt('reload', 'haproxy', '--host', 'lb1', '--yes')).toMatchObject(done)
      expect(await underTlsLoad(lab, 'https://10.77.0.11:8443/', () => Promise.resolve())).toEqual([seen])
    },
  )

  describe.runIf(isWide)('in every other way', () => {
    test('one whose key is another’s is refused before anything is live', async () => {
      const before = await world()
      const [{ certificate }, { key }] = [await makePem(), await makePem()]
      await edit('shop.pem', () => `${certificate}${key}`)
      const { code, stdout, stderr } = await apply('haproxy')
      expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toContain(
        'inconsistencies between private key and certificate',
      )
      expect(`${stdout}${stderr}`).not.toContain(key.split('\n')[1])
      expect(code).toBe(4)
      expect(await world()).toBe(before)
      expect(await underTlsLoad(lab, vip, () => Promise.resolve())).toEqual([seen])
    })

    test('one that a rollback takes back is served no more, and what lay there is served again', async () => {
      const workersBefore = await workers()
      const before = await world()
      const next = await renew('shop.pem')
      const shown = await underTlsLoad(lab, vip, async () => {
        const { code, stdout } = await apply('haproxy', '--json')
        expect(code).toBe(0)
        const { run } = JSON.parse(stdout) as { run: string }
        expect(await fleet.zdt('rollback', run, '--yes')).toMatchObject(done)
      })
      expect(shown).toEqual([seen, next, seen])
      expect(await workers()).toEqual(workersBefore)
      expect(await world()).toBe(before)
    })

    test('nginx’s: by a reload, out of rotation meanwhile, nothing lost', async () => {
      const before = await renew('web.pem')
      await fleet.edit('zdt.yaml', named(files.nginx, '/etc/nginx/web.pem', 'web.pem'))
      await fleet.edit(files.nginx, (text) =>
        text.replace(
          'listen 80;',
          '$& listen 8443 ssl; ssl_certificate /etc/nginx/web.pem; ssl_certificate_key /etc/nginx/web.pem;',
        ),
      )
      expect(await underLoad(() => apply('nginx', '--accept-drift'))).toMatchObject(done)
      expect(await underTlsLoad(lab, web1, () => Promise.resolve())).toEqual([before])
      const next = await renew('web.pem')
      expect(await underLoad(() => apply('nginx'))).toMatchObject(done)
      expect(await underTlsLoad(lab, web1, () => Promise.resolve())).toEqual([next])
    })
  })
}
