import type { Host } from '../../hosts/host.ts'
import { versionPattern, type Health, type VersionSource } from '../../lib/app-questions.ts'
import { askHttp } from './http.ts'

/** Where an application listens, and how it is asked. A type: it goes into plans and journals. */
export type App = {
  readonly address: string
  readonly port: number
  readonly health: Health
  readonly version: VersionSource
}

/** What an application says of itself. `version` is null where it says none; `ill` is why it is not well, null when it is. */
export type AppState = { readonly version: string | null; readonly ill: string | null }

/** Asks an application for its version and health, from its own host. Throws what Host.run throws. */
export async function lookAtApp(host: Host, app: App, signal?: AbortSignal): Promise<AppState> {
  const [version, ill] = await Promise.all([versionOf(host, app, signal), illnessOf(host, app, signal)])
  return { version, ill }
}

async function versionOf(host: Host, { address, port, version }: App, signal?: AbortSignal): Promise<string | null> {
  if ('command' in version) {
    const { code, stdout } = await host.run(version.command, signal && { signal })
    return code === 0 ? asVersion(stdout.toString()) : null
  }
  const answer = await askHttp(host, { address, port, path: version.path }, signal)
  if ('failed' in answer || answer.status !== 200) return null
  return asVersion(
    version.header === undefined ? answer.body : (answer.headers.get(version.header.toLowerCase()) ?? ''),
  )
}

function asVersion(text: string): string | null {
  const trimmed = text.trim()
  return versionPattern.test(trimmed) ? trimmed : null
}

/** Does anything take connections where it listens? One that is ill is not stopped for that. Throws what Host.run throws. */
export async function listens(host: Host, app: App, signal?: AbortSignal): Promise<boolean> {
  return (await illnessOf(host, { ...app, health: { tcp: true } }, signal)) === null
}

/** Why an application is not well, asked from a host; null when it is. Throws what Host.run throws. */
export async function illnessOf(
  host: Host,
  { address, port, health }: Omit<App, 'version'>,
  signal?: AbortSignal,
): Promise<string | null> {
  if ('command' in health) {
    const { code, stdout, stderr } = await host.run(health.command, signal && { signal })
    const said = `${stdout.toString()}${stderr.toString()}`.trim().split('\n').at(-1) ?? ''
    return code === 0 ? null : `${health.command.join(' ')} exited with ${code}${said === '' ? '' : `: ${said}`}`
  }
  const at = `port ${port}`
  if ('tcp' in health) {
    const answer = await askHttp(host, { address, port, path: '' }, signal)
    return 'failed' in answer ? `${at}: ${answer.failed}` : null
  }
  const answer = await askHttp(host, { address, port, path: health.path }, signal)
  if ('failed' in answer) return `${at}: ${answer.failed}`
  if (answer.status !== health.status) return `${health.path} says ${answer.status}, not ${health.status}`
  return health.body !== undefined && !answer.body.includes(health.body)
    ? `${health.path} does not say ${JSON.stringify(health.body)}`
    : null
}
