import type { Host } from '../../hosts/host.ts'
import { quote } from '../../lib/quote.ts'
import { foreseeScript, parseForeseen } from './apt-foresee.ts'
import { fetchedScript, fetchScript, installScript, litterScript, settledScript } from './apt-scripts.ts'
import { PackagesUnfit } from './errors.ts'
import { installTime, type PackageChange, type PackageManager } from './manager.ts'

/** Packages by apt and dpkg (apt-get(8), dpkg-query(1)). */
export const apt: PackageManager = {
  async foresee(host, path, wanted, options) {
    const version = wanted === 'latest' ? '' : wanted
    const { stdout } = await run(host, foreseeScript, ['zdt-packages', path, version], options)
    const foreseen = parseForeseen(stdout.toString(), path)
    if (!foreseen) throw new PackagesUnfit(host.name, 'what its packages are could not be told')
    if (!('why' in foreseen)) return foreseen
    const { why, said, next } = foreseen
    throw new PackagesUnfit(
      host.name,
      `${host.name}: ${why}`,
      said,
      next === undefined ? [] : [next.replace(/^sudo /, `ssh ${host.name} sudo `)],
    )
  },

  async fetch(host, dir, changes, options) {
    const specs = changes.flatMap(({ name, from, to, architecture }) => [
      'new',
      specOf(name, architecture, to),
      ...(from === null ? [] : ['old', specOf(name, architecture, from)]),
    ])
    const given = { ...options, input: installScript, timeout: installTime }
    const { code, stderr } = await run(host, fetchScript, ['zdt-fetch', dir, ...specs], given)
    if (code !== 0) throw new PackagesUnfit(host.name, 'its packages could not be fetched', said(stderr))
  },

  async isFetched(host, dir, options) {
    return (await run(host, fetchedScript, ['zdt-fetched', dir], { ...options, timeout: 120_000 })).code === 0
  },

  async install(host, dir, which, changes, options) {
    const words = ['zdt-install', dir, which, ...removed(which, changes)]
    const { code, stderr } = await run(host, installScript, words, { ...options, timeout: installTime })
    if (code === 0) return
    const why = code === 98 ? `nobody may execute files in ${dir}: services could not be held off` : 'apt has failed'
    throw new PackagesUnfit(host.name, why, said(stderr), [`ssh ${host.name} less ${dir}/${which}.log`])
  },

  async settled(host, dir, options) {
    const { code, stderr } = await run(host, settledScript, ['zdt-settled', dir], { ...options, timeout: installTime })
    if (code !== 0) throw new PackagesUnfit(host.name, 'an install there has not ended', said(stderr))
  },

  async versions(host, names, options) {
    const format = '${db:Status-Abbrev}\t${binary:Package}\t${Package}\t${Version}\n'
    const { stdout } = await host.run(['dpkg-query', '-W', '-f', format, '--', ...names], options)
    const rows = stdout
      .toString()
      .split('\n')
      .map((line) => line.split('\t'))
    return Object.fromEntries(
      names.map((name) => {
        // Of one that is there for two architectures the name alone means the host's own.
        const row = rows.find(([, full, short]) => full === name || short === name)
        return [name, row?.[0]?.trim() === 'ii' ? (row[3] ?? null) : null]
      }),
    )
  },

  async litter(host, options) {
    return (await run(host, litterScript, ['zdt-litter'], options)).stdout.length > 0
  },

  async clearLitter(host, options) {
    await run(host, litterScript, ['zdt-litter', 'remove'], options)
  },

  byHand: (dir, which, changes) => `sudo ${quote(['sh', `${dir}/install.sh`, dir, which, ...removed(which, changes)])}`,
}

/** As apt names one version of one package. */
function specOf(name: string, architecture: string, version: string): string {
  return name.includes(':') ? `${name}=${version}` : `${name}:${architecture}=${version}`
}

/** What was not there before goes again. */
function removed(which: 'new' | 'old', changes: readonly PackageChange[]): string[] {
  return which === 'new' ? [] : changes.flatMap(({ name, from }) => (from === null ? [`${name}-`] : []))
}

function run(
  host: Host,
  script: string,
  words: readonly string[],
  options: { readonly signal?: AbortSignal; readonly timeout?: number; readonly input?: string } = {},
) {
  return host.run(['sh', '-c', script, ...words], { ...options, as: 'root' })
}

function said(stderr: Uint8Array): string {
  return stderr.toString().trim().slice(-2000)
}
