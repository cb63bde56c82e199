import { afterEach } from 'vitest'
import type { SshSettings } from '../../../src/fleet/fleet.ts'
import { fakeSshd, type FakeSshd, type FakeSshdOptions } from './fake-sshd.ts'
import { configFor, reach, sshEnv, type Reached } from './reach.ts'

const toEnd: (() => Promise<void>)[] = []

/** Ends, after each test, what the test began, last first. */
export function cleanUp(): void {
  afterEach(async () => {
    for (const end of toEnd.splice(0).toReversed()) await end()
  })
}

/** Remembers what is to be ended after the test. */
export function endLater(end: () => Promise<void>): void {
  toEnd.push(end)
}

/** A fake server that is gone after the test. */
export async function serve(options: FakeSshdOptions = {}): Promise<FakeSshd> {
  const sshd = await fakeSshd(options)
  endLater(() => sshd.stop())
  return sshd
}

/** Reaches a fake server, `config` before what else its ssh_config says. */
export async function reachFake(sshd: FakeSshd, ssh: Partial<SshSettings> = {}, config = ''): Promise<Reached> {
  const reached = await reach(await sshEnv(sshd.dir, configFor(sshd, config)), ssh)
  endLater(() => reached.close())
  return reached
}
