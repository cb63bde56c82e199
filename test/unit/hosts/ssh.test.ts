import { fakeSshd } from './fake-sshd.ts'
import { hostContract } from './contract.ts'
import { configFor, reach, sshEnv } from './reach.ts'

hostContract('ssh', async () => {
  const sshd = await fakeSshd({ chatty: 'Welcome!\n$PS1 ' })
  const { host, close } = await reach(await sshEnv(sshd.dir, configFor(sshd)))
  return { host, close: () => close().then(() => sshd.stop()) }
})

hostContract('ssh to a host that takes no helper', async () => {
  const sshd = await fakeSshd({ chatty: 'Welcome!\n$PS1 ', noHelper: true })
  const { host, close } = await reach(await sshEnv(sshd.dir, configFor(sshd)))
  return { host, close: () => close().then(() => sshd.stop()) }
})
