import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageDir } from '../../src/lab/paths.ts'
import { standardHosts } from '../../src/lab/shape.ts'
import { describeOnLab, labNamed, useLab, zdtHere } from './support/lab.ts'
import { deep } from './support/wide.ts'

/** Everything on this machine that carries a lab's name; looked for without the lab's own code. */
async function tracesOf(name: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const running = await Promise.all(
    pids.map(async (pid) => {
      const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
      return groups.includes(`/zdt-lab-${name}/`) ? [`pid ${pid}`] : []
    }),
  )
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(`/${name}/hosts/`))
  const namespaces = (await namesIn('/run/netns')).filter((each) => each === `zdt-${name}`)
  const files = (await namesIn('/run/zdt/lab')).filter((each) => each.startsWith(name))
  const spawned = (await namesIn('/run/systemd/nspawn/propagate')).filter((each) => each.includes(`.${name}.`))
  return [...running.flat(), ...mounts, ...namespaces, ...files, ...spawned]
}

async function namesIn(dir: string): Promise<string[]> {
  return await readdir(dir).catch(() => [])
}

/** Killed processes are listed until init has taken note of their end. */
async function expectNoTrace(name: string): Promise<void> {
  await expect.poll(() => tracesOf(name), { timeout: 5000 }).toEqual([])
}

describeOnLab('a lab that is up', () => {
  const lab = useLab({ name: 'e2e-lab' })

  test('a second up is a no-op, and soon done', async () => {
    const started = async () => await lab.ssh('lb1', 'cut -d" " -f22 /proc/1/stat')
    const before = await started()
    expect(await zdtHere(['lab', 'up', '--name', lab.name])).toMatchObject({ code: 0 })
    expect(before.stdout).toMatch(/^\d+\n$/)
    expect(await started()).toEqual(before)
    const status = JSON.parse((await zdtHere(['lab', 'status', '--name', lab.name, '--json'])).stdout) as {
      hosts: { name: string; up: boolean; holdsVip: boolean }[]
    }
    expect(status.hosts.map((host) => host.name)).toEqual(standardHosts)
    expect(status.hosts.every((host) => host.up)).toBe(true)
    expect(status.hosts.filter((host) => host.holdsVip).map((host) => host.name)).toEqual(['lb1'])
  })

  test.each(standardHosts)('%s lets deploy in by its key, and deploy become root', async (host) => {
    expect(await lab.ssh(host, 'id -un; sudo -n id -un; hostname')).toMatchObject({
      code: 0,
      stdout: `deploy\nroot\n${host}\n`,
    })
  })

  test.each(standardHosts)('%s has no failed unit', async (host) => {
    expect((await lab.ssh(host, 'systemctl is-system-running --wait')).stdout).toBe('running\n')
  })

  test('the VIP answers for the web hosts and for the shop', async () => {
    expect((await get(lab, '/')).stdout).toMatch(/^web[12] nginx\/1\.22\.1$/m)
    expect((await get(lab, '/shop/')).stdout).toMatch(/^\{"host":"app[123]","version":"1\.0\.0"\}$/m)
    expect((await get(lab, '/shop/version')).stdout).toBe('1.0.0\n')
    expect((await get(lab, '/healthz')).stdout).toBe('ok\n')
  })

  test('the web hosts pass the shop on by themselves', async () => {
    const got = await lab.inLab(['wget', '-qO-', 'http://10.77.0.13/shop/'])
    expect(got.stdout).toMatch(/"host":"app[123]"/)
  })

  test.each(['10.77.0.100', '10.77.0.13'])('a websocket stays open through %s', async (address) => {
    const script = `const socket = new WebSocket('ws://${address}/shop/live')
      socket.onopen = () => socket.send('hello')
      socket.onmessage = ({ data }) => { console.log(data); socket.close() }`
    expect(await lab.inLab([process.execPath, '-e', script], { timeout: 5000 })).toMatchObject({ stdout: 'hello\n' })
  })

  test('a stream stays open through the TCP frontend', async () => {
    const script = `const { request } = require('node:http')
      const asked = request('http://10.77.0.100:9000/stream', { headers: { connection: 'upgrade', upgrade: 'echo' } })
      asked.on('upgrade', (answer, socket) => socket.on('data', (data) => socket.end(console.log(String(data)))).write('hello'))
      asked.end()`
    expect(await lab.inLab([process.execPath, '-e', script], { timeout: 5000 })).toMatchObject({ stdout: 'hello\n' })
  })

  test('a host can try a start in namespaces of its own', async () => {
    const tried = await lab.ssh(
      'lb1',
      "sudo unshare -mnpf --mount-proc --kill-child sh -c 'mount -t tmpfs none /mnt && echo $$'",
    )
    expect(tried).toMatchObject({ code: 0, stdout: '1\n' })
  })

  test('the exit code, the input and the environment of a command are its own', async () => {
    const { code } = await zdtHere(['lab', 'exec', '--name', lab.name, '--', 'sh', '-c', 'exit 7'])
    expect(code).toBe(7)
    const exec = ['lab', 'exec', '--name', lab.name, '--']
    expect((await zdtHere([...exec, 'cat', '--', '-'], { input: 'hello' })).stdout).toBe('hello')
    const shown = await zdtHere([...exec, 'sh', '-c', 'echo $ZDT_LAB; cat $ZDT_FLEET; ls $ZDT_LAB_BINARIES'])
    expect(shown.stdout).toContain('balancer: haproxy/edge')
    expect(shown.stdout).toMatch(/^nginx-1\.22\.1$/m)
    expect(shown.stdout).toMatch(/^nginx-1\.26\.3$/m)
  })

  deep('the VIP moves when its holder stops, and comes back', async () => {
    await lab.ssh('lb1', 'sudo systemctl stop keepalived')
    await expect.poll(() => holder(lab.name), { timeout: 5000 }).toEqual(['lb2'])
    expect((await get(lab, '/healthz')).stdout).toBe('ok\n')
    await lab.ssh('lb1', 'sudo systemctl start keepalived')
    await expect.poll(() => holder(lab.name), { timeout: 5000 }).toEqual(['lb1'])
  })

  deep('a host that reboots comes back by itself', async () => {
    const uptime = async () => Number((await lab.ssh('app3', 'ps -o etimes= -p 1')).stdout.trim() || '-1')
    await sleep(1500)
    const before = await uptime()
    await lab.ssh('app3', 'sudo systemctl reboot')
    await expect.poll(uptime, { timeout: 90_000, interval: 250 }).toBeLessThan(before)
  })

  test('a host that died is started again by up', async () => {
    await lab.ssh('web2', 'sudo systemctl poweroff')
    await expect.poll(() => isUp(lab.name, 'web2'), { timeout: 90_000 }).toBe(false)
    expect(await zdtHere(['lab', 'up', '--name', lab.name])).toMatchObject({ code: 0 })
    expect(await isUp(lab.name, 'web2')).toBe(true)
  })

  test('up with other hosts is refused, and says so', async () => {
    const refused = await zdtHere(['lab', 'up', '--name', lab.name, '--hosts', 'lb1'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('is up with another shape')
  })

  test('down leaves nothing, not even what still ran inside', async () => {
    const guest = lab.inLab(['sleep', '600'])
    await sleep(200)
    expect(await zdtHere(['lab', 'down', '--name', lab.name])).toMatchObject({ code: 0 })
    await expectNoTrace(lab.name)
    expect((await guest).code).not.toBe(0)
  })
})

describeOnLab('an up that is killed half-way', () => {
  const name = 'e2e-killed'
  afterAll(() => zdtHere(['lab', 'down', '--name', name]))

  deep.each([350, 450, 600, 900, 1500])('after %i ms leaves nothing that down does not take away', async (ms) => {
    const up = spawn(join(packageDir, 'bin/zdt'), ['lab', 'up', '--name', name], { stdio: 'ignore' })
    const ended = new Promise((resolve) => up.once('exit', resolve))
    await sleep(ms)
    up.kill('SIGKILL')
    await ended
    expect(await zdtHere(['lab', 'down', '--name', name])).toMatchObject({ code: 0 })
    await expectNoTrace(name)
  })

  deep('is taken away by the next up', async () => {
    const up = spawn(join(packageDir, 'bin/zdt'), ['lab', 'up', '--name', name], { stdio: 'ignore' })
    const ended = new Promise((resolve) => up.once('exit', resolve))
    await sleep(450)
    up.kill('SIGKILL')
    await ended
    expect(await zdtHere(['lab', 'up', '--name', name])).toMatchObject({ code: 0 })
    expect((await labNamed(name).ssh('lb1', 'true')).code).toBe(0)
  })
})

async function get(lab: ReturnType<typeof labNamed>, path: string) {
  return await lab.inLab(['wget', '-qO-', '--timeout=5', '--tries=1', `http://10.77.0.100${path}`])
}

async function statusOf(name: string): Promise<{ name: string; up: boolean; holdsVip: boolean }[]> {
  const { stdout } = await zdtHere(['lab', 'status', '--name', name, '--json'])
  return (JSON.parse(stdout) as { hosts: { name: string; up: boolean; holdsVip: boolean }[] }).hosts
}

async function holder(name: string): Promise<string[]> {
  return (await statusOf(name)).filter((host) => host.holdsVip).map((host) => host.name)
}

async function isUp(name: string, host: string): Promise<boolean> {
  return (await statusOf(name)).some((each) => each.name === host && each.up)
}
