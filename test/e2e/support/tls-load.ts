import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Lab } from './lab.ts'
import { startInLab } from './running.ts'
import { startWrk } from './wrk.ts'

const client = fileURLToPath(new URL('tls-client.ts', import.meta.url))

/**
 * While the work is done, fifty keep-alive connections and one client with a connection a request ask over TLS; none of it
 * may be lost. Returns the certificates that were shown, in their order.
 */
export async function underTlsLoad(lab: Lab, url: string, work: () => Promise<unknown>): Promise<string[]> {
  const [wrk, fresh] = await Promise.all([
    startWrk(lab, url),
    startInLab(lab, [process.execPath, client, url], { timeout: 240_000 }),
  ])
  await fresh.said(/^asking$/m)
  await work().finally(() => fresh.end())
  const { stdout } = await fresh.ended
  const { asked, failed, shown } = JSON.parse(stdout.split('\n')[1] ?? '') as {
    asked: number
    failed: string[]
    shown: string[]
  }
  expect(failed).toEqual([])
  expect(asked).toBeGreaterThan(1)
  expect(await wrk.stop()).toMatchObject({ errors: 0, not2xx: 0 })
  return shown
}
