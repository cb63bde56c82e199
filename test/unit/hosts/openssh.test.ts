import { fakeSshd } from './fake-sshd.ts'
import { hostContract } from './contract.ts'
import { configFor, reach, sshEnv } from './reach.ts'

hostContract('openssh', async () => {
  const sshd = await fakeSshd({ chatty: 'Welcome!\n$PS1 ' })
  const { host, close } = await reach(await sshEnv(sshd.dir, configFor(sshd)), { transport: 'openssh' })
  return { host, close: () => close().then(() => sshd.stop()) }
})
