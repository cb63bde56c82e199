import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { fixture, type Version } from './fixture.ts'

/** A stream on a fake server. */
export interface FakeSession {
  readonly id: string
  readonly source: string
  readonly ageSeconds: number
  readonly kind: 'websocket' | 'waiting' | 'tcp'
}

/** A server of the fake, with the state that a real one keeps. */
export interface FakeServer {
  readonly backend: string
  readonly server: string
  readonly address: string
  readonly port: number
  readonly initialWeight: number
  weight: number
  /** `srv_admin_state`. */
  admin: number
  /** What its checks would find. */
  alive: boolean
  readonly checked: boolean
  readonly rise: number
  readonly fall: number
  health: number
  agent: 'none' | 'enabled' | 'disabled'
  sessions: FakeSession[]
  queued: number
  total: number
}

export interface FakeOptions {
  readonly version?: Version
  readonly level?: 'user' | 'operator' | 'admin'
  readonly pid?: number
  readonly stopping?: boolean
  /** A worker that ends in the middle of its first answer; `'never'` only stops speaking there, and is still listed. */
  readonly dies?: 'soon' | 'never'
  /** Milliseconds between checks, default 40. */
  readonly inter?: number
  /** Backends of a static algorithm. */
  readonly algorithms?: Readonly<Record<string, string>>
}

const maint = 0x01
const drain = 0x08

/** A server that is up, as a configuration would make it. */
export function fakeServer(backend: string, server: string, more: Partial<FakeServer> = {}): FakeServer {
  return {
    backend,
    server,
    address: '10.77.0.22',
    port: 8080,
    initialWeight: 100,
    weight: 100,
    admin: 0,
    alive: true,
    checked: true,
    rise: 2,
    fall: 3,
    health: 4,
    agent: 'none',
    sessions: [],
    queued: 0,
    total: 0,
    ...more,
  }
}

/** One HAProxy process that speaks the runtime CLI: its state, its checks, and what it says on its socket. */
export class FakeRuntime {
  readonly servers: FakeServer[]
  readonly pid: number
  /** Every line it was sent. */
  readonly heard: string[] = []
  private readonly options: FakeOptions
  private hasLeft = false
  private readonly listeners: Server[] = []
  private readonly checks: NodeJS.Timeout

  constructor(servers: FakeServer[], options: FakeOptions = {}) {
    this.servers = servers
    this.options = options
    this.pid = options.pid ?? 4711
    this.checks = setInterval(() => this.check(), options.inter ?? 40)
  }

  /** Listens on a socket, with the level of one `stats socket` line. */
  async listen(path: string, level = this.options.level ?? 'admin'): Promise<void> {
    await this.serve(path, (command) => this.answer(command, level))
  }

  /** Listens as a master does, for itself and for the workers that leave. */
  async listenAsMaster(path: string, leaving: readonly FakeRuntime[] = []): Promise<void> {
    const master = this.pid - 1
    const row = (pid: number, type: string, reloads: string) =>
      `${pid}`.padEnd(16) + type.padEnd(16) + reloads.padEnd(16) + '0d00h01m12s'.padEnd(16) + this.version
    const list = () => [
      '#<PID>          <type>          <reloads>       <uptime>        <version>      ',
      row(master, 'master', `${leaving.length} [failed: 0]`),
      '# workers',
      row(this.pid, 'worker', '0'),
      ...(leaving.length > 0
        ? ['# old workers', ...leaving.filter((each) => !each.hasLeft).map(({ pid }) => row(pid, 'worker', '1'))]
        : []),
      '# programs',
    ]
    await this.serve(path, (command) => {
      const [, pid, rest = ''] = /^@!(\d+) (.*)$/.exec(command) ?? []
      if (pid === undefined) return command === 'show proc' ? `${list().join('\n')}\n` : unknown(command)
      const worker = [this, ...leaving].find((each) => each.pid === Number(pid) && !each.hasLeft)
      if (worker?.options.dies !== undefined) return worker.die()
      return worker?.answer(rest, 'admin') ?? 'gone'
    })
  }

  async close(): Promise<void> {
    clearInterval(this.checks)
    await Promise.all(this.listeners.map((server) => new Promise((done) => server.close(done))))
  }

  /** The master goes on listing it for a moment. */
  private die(): string {
    if (this.options.dies === 'soon') setTimeout(() => (this.hasLeft = true), 120).unref()
    return 'half'
  }

  private get version(): string {
    return this.options.version === '2.6' ? '2.6.12-1+deb12u4' : '3.0.11-1+deb13u3'
  }

  private async serve(path: string, answer: (command: string) => string): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.setEncoding('utf8')
      socket.on('error', () => socket.destroy())
      // As the real one it answers a line when it has come, and closes when the other side has half-closed.
      socket.once('data', (line: string) => {
        socket.write(this.reply(line.trimEnd(), answer))
      })
      socket.on('end', () => socket.end())
    }).listen(path)
    await once(server, 'listening')
    this.listeners.push(server)
  }

  private reply(line: string, answer: (command: string) => string): string {
    this.heard.push(line)
    let out = ''
    for (const command of line.split(';')) {
      const said = answer(command.trim())
      // The real master stops here, and leaves what follows without an answer.
      if (said === 'gone') return `${out}Can't find the target PID matching the prefix '${command.split(' ')[0]}'\n`
      if (said === 'half') return `${out}0xb1: proto=tcpv4 src=198`
      out += `${said}\n`
    }
    return out
  }

  /** One round of health checks: paused in maintenance. */
  private check(): void {
    for (const server of this.servers) {
      if (!server.checked || (server.admin & maint) !== 0) continue
      const full = server.rise + server.fall - 1
      if (server.alive) server.health = server.health + 1 >= server.rise ? full : server.health + 1
      else server.health = server.health > server.rise ? server.health - 1 : 0
    }
  }

  /** What it says to one command, its own newline included. */
  private answer(command: string, level: string): string {
    const [verb = '', noun = '', ...rest] = command.split(' ')
    const levels = ['user', 'operator', 'admin']
    const needed = verb !== 'show' ? 'admin' : noun === 'sess' ? 'operator' : 'user'
    if (levels.indexOf(level) < levels.indexOf(needed)) return 'Permission denied\n'
    switch (`${verb} ${noun}`) {
      case 'show info':
        return this.info()
      case 'show stat':
        return this.table('# pxname', rest[0], 'No such proxy.\n', level !== 'user')
      case 'show servers':
        return this.table(rest[0] === 'conn' ? '# bkname' : '# be_id', rest[1] ?? '-1', "Can't find backend.\n", true)
      case 'show sess':
        return rest[0] === undefined ? this.sessions() : this.session(rest[0])
      case 'set server':
        return this.seat(rest[0], (server) => this.set(server, rest[1], rest[2] ?? ''))
      case 'disable agent':
      case 'enable agent':
        return this.seat(rest[0], (server) => setAgent(server, verb))
      case 'shutdown sessions':
        return this.seat(rest[1], (server) => {
          server.sessions = []
          return ''
        })
      case 'shutdown session':
        return this.shut(rest[0])
      default:
        return unknown(command)
    }
  }

  private seat(name = '', act: (server: FakeServer) => string): string {
    // A worker that leaves takes no order about a server.
    if (this.options.stopping === true) return 'Proxy is disabled.\n'
    const [backend, server] = name.split('/')
    if (server === undefined) return "Require 'backend/server'.\n"
    if (!this.servers.some((each) => each.backend === backend)) return 'No such backend.\n'
    const found = this.servers.find((each) => each.backend === backend && each.server === server)
    return found === undefined ? 'No such server.\n' : act(found)
  }

  private set(server: FakeServer, what = '', value: string): string {
    if (what === 'state') {
      if (!['ready', 'drain', 'maint'].includes(value))
        return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n"
      // Leaving maintenance is being up at once, at the least health that is up, without a check.
      if ((server.admin & maint) !== 0 && value !== 'maint') server.health = server.rise
      if (value === 'maint') server.health = 0
      server.admin = value === 'maint' ? maint : value === 'drain' ? drain : 0
      return ''
    }
    if (what === 'health') {
      server.health = value === 'down' ? 0 : server.rise
      return ''
    }
    const relative = value.endsWith('%')
    const weight = relative ? Math.round((server.initialWeight * Number.parseInt(value, 10)) / 100) : Number(value)
    if (!relative && (weight < 0 || weight > 256)) return 'Absolute weight can only be between 0 and 256 inclusive.\n'
    if (weight !== 0 && weight !== server.initialWeight && this.options.algorithms?.[server.backend] !== undefined) {
      return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n"
    }
    server.weight = weight
    return ''
  }

  private shut(id: string | undefined): string {
    const server = this.servers.find(({ sessions }) => sessions.some((session) => session.id === id))
    if (server === undefined) return "No such session (use 'show sess').\n"
    server.sessions = server.sessions.filter((session) => session.id !== id)
    return ''
  }

  private info(): string {
    const values: Record<string, string> = {
      Version: this.version,
      Pid: String(this.pid),
      node: 'fake',
      Uptime_sec: '72',
      Stopping: this.options.stopping === true ? '1' : '0',
      CurrConns: String(this.servers.reduce((sum, { sessions }) => sum + sessions.length, 0)),
    }
    const lines = fixture(`haproxy-${this.options.version ?? '3.0'}/info.txt`)
      .trimEnd()
      .split('\n')
    return `${lines.map((line) => withValue(line, values)).join('\n')}\n`
  }

  /** One of the three tables, under the header that the real version prints. */
  private table(start: string, backend = '-1', missing: string, full: boolean): string {
    const shown = this.servers.filter((each) => backend === '-1' || each.backend === backend)
    if (shown.length === 0) return missing
    const lines = fixture(`haproxy-${this.options.version ?? '3.0'}/servers.txt`).split('\n')
    const header = lines.find((line) => line.startsWith(start)) ?? ''
    const separator = header.includes(',') ? ',' : ' '
    const names = header.slice(2).split(separator)
    const rows = shown.map((server) => {
      const values = this.cells(server, full)
      return names.map((name) => values[name] ?? (separator === ',' ? '' : '0')).join(separator)
    })
    const backends = [...new Set(shown.map((server) => server.backend))].map((name) => {
      const algo = full ? (this.options.algorithms?.[name] ?? 'roundrobin') : ''
      const values: Record<string, string> = {
        pxname: name,
        svname: 'BACKEND',
        status: 'UP',
        qcur: '0',
        algo,
        mode: 'http',
      }
      return names.map((column) => values[column] ?? '').join(separator)
    })
    const version = start === '# be_id' ? ['1'] : []
    return [...version, header, ...rows, ...(separator === ',' ? backends : []), ''].join('\n')
  }

  private cells(server: FakeServer, full: boolean): Record<string, string> {
    const inMaint = (server.admin & maint) !== 0
    const up = !inMaint && (!server.checked || server.health >= server.rise)
    const fullHealth = server.rise + server.fall - 1
    const shaky = server.checked && server.health < fullHealth
    const word = (server.admin & drain) !== 0 ? 'DRAIN' : 'UP'
    const status = !up
      ? inMaint
        ? 'MAINT'
        : 'DOWN'
      : shaky
        ? `${word} ${server.health - server.rise + 1}/${server.fall}`
        : word
    const check: Record<string, string> = inMaint
      ? {}
      : {
          check_status: server.alive ? 'L7OK' : 'L7STS',
          check_code: server.alive ? '200' : '503',
          check_desc: 'Layer7 check',
          check_duration: '1',
          check_health: String(server.health),
          check_rise: String(server.rise),
          check_fall: String(server.fall),
        }
    return {
      be_name: server.backend,
      srv_name: server.server,
      pxname: server.backend,
      svname: server.server,
      srv_addr: server.address,
      srv_port: String(server.port),
      srv_op_state: up ? '2' : '0',
      srv_admin_state: String(server.admin),
      srv_uweight: String(server.weight),
      srv_iweight: String(server.initialWeight),
      srv_check_health: String(server.health),
      srv_check_result: server.alive ? '3' : '2',
      srv_check_state: server.checked ? (inMaint ? '14' : '6') : '0',
      srv_agent_state: {
        none: '0',
        enabled: '22',
        disabled: '18',
      }[server.agent],
      'bkname/svname': `${server.backend}/${server.server}`,
      scur: String(server.sessions.length),
      qcur: String(server.queued),
      stot: String(server.total),
      lastsess: server.total === 0 ? '-1' : '5',
      weight: String(server.weight),
      bck: '0',
      status: server.checked || inMaint || word === 'DRAIN' ? status : 'no check',
      ...(server.checked ? check : {}),
      ...(full ? { addr: `${server.address}:${server.port}` } : {}),
    }
  }

  private sessions(): string {
    const lines = this.servers.flatMap((server) =>
      server.sessions.map(
        ({ id, source, ageSeconds }) =>
          `${id}: proto=tcpv4 src=${source} fe=fe be=${server.backend} srv=${server.server} ts=00 epoch=0 age=${ageSeconds}s calls=3`,
      ),
    )
    return `${[...lines, '0xfff: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1'].join('\n')}\n`
  }

  private session(id: string): string {
    const found = this.servers.flatMap(({ sessions }) => sessions).find((session) => session.id === id)
    if (found === undefined) return 'Session not found.\n'
    const txn = {
      websocket: '  txn=0x2 flags=0x60 meth=1 status=101 req.st=MSG_TUNNEL rsp.st=MSG_TUNNEL req.f=0xcc rsp.f=0xcc\n',
      waiting: '  txn=0x2 flags=0x60 meth=1 status=-1 req.st=MSG_DONE rsp.st=MSG_RPBEFORE req.f=0x4c rsp.f=0x00\n',
      tcp: '',
    }[found.kind]
    return `${id}: [20/Nov/2026:09:00:00.000000] id=1 proto=tcpv4 source=${found.source}\n${txn}`
  }
}

function withValue(line: string, values: Readonly<Record<string, string>>): string {
  const [name = ''] = line.split(': ')
  const value = values[name]
  return value === undefined ? line : `${name}: ${value}`
}

function setAgent(server: FakeServer, verb: string): string {
  if (verb === 'enable' && server.agent === 'none') return 'Agent was not configured on this server, cannot enable.\n'
  if (server.agent !== 'none') server.agent = verb === 'enable' ? 'enabled' : 'disabled'
  return ''
}

function unknown(command: string): string {
  return `Unknown command: '${command.split(' ')[0]}', but maybe one of the following ones is a better match:\n  help\n`
}
