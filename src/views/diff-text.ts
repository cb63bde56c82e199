import type { FileChange, ServiceChange } from '../operations/config/compare.ts'
import type { FleetDiff } from '../operations/config/wanted.ts'
import { clean, cleanLine } from './clean.ts'
import { count, names, wrap } from './lines.ts'
import { finish, type Page } from './page.ts'
import type { Colour, Paint } from './paint.ts'

/** What is live against what would be: each difference once, with all hosts that have it. */
export function diffText({ fleet, services, open }: FleetDiff, page: Page): string {
  const differing = services.filter(({ files }) => files.length > 0)
  const hosts = new Set(services.map(({ host }) => host)).size
  const warnings = open.flatMap((line) => wrap(cleanLine(line), page.width, '⚠ ').map(page.paint.yellow))
  if (differing.length === 0)
    return finish(
      [page.paint.green(`✔ every file is as zdt.yaml says · fleet ${fleet} · ${count(hosts, 'host')}`), ...warnings],
      page,
    )
  return finish([...changeLines(differing, page), ...warnings], page)
}

/** The differences, for what is shown above a plan as well. */
export function changeLines(services: readonly ServiceChange[], { paint, width }: Page): string[] {
  return alike(services)
    .flatMap(({ service, hosts, file }) => [
      paint.bold(`${names(hosts, Math.floor(width / 2))}  ${service}  ${cleanLine(file.path)}`),
      ...(file.drift === null ? [] : wrap(driftWords[file.drift], width, '⚠ ').map(paint.yellow)),
      ...(file.diff === null || file.diff.length === 0
        ? [`changed: sha256 ${short(file.live)} → ${short(file.wanted)}`]
        : file.diff.map((line) => coloured(clean(line), paint))),
    ])
    .concat(needLines(services, width))
}

/** What each change takes to be in force. Where nothing is said it is a reload. */
function needLines(services: readonly ServiceChange[], width: number): string[] {
  const lines = new Map<string, string[]>()
  for (const { host, needs = [] } of services) {
    for (const { where, what, need, why } of needs.filter((one) => one.need !== 'nothing')) {
      const line = `${need}: ${where}${what === '' ? '' : ` ${what}`}${why === undefined ? '' : ` (${why})`}`
      lines.set(line, [...(lines.get(line) ?? []), host])
    }
  }
  return [...lines].flatMap(([line, hosts]) => wrap(cleanLine(`${line} · ${hosts.join(', ')}`), width, '  '))
}

const driftWords: { readonly [drift in NonNullable<FileChange['drift']>]: string } = {
  edited: 'changed by hand since zdt last wrote it',
  removed: 'removed by hand since zdt last wrote it',
  foreign: 'not written by zdt',
  linked: 'made a link by hand since zdt last wrote it',
}

function short(digest: string | null): string {
  return digest === null ? 'none' : `${digest.slice(0, 12)}…`
}

function coloured(line: string, paint: Paint): string {
  const colours: { readonly [first: string]: Colour } = {
    '-': paint.red,
    '+': paint.green,
    '@': paint.dim,
    '\\': paint.dim,
  }
  return (colours[line.charAt(0)] ?? ((text: string) => text))(line)
}

interface Alike {
  readonly service: string
  readonly hosts: string[]
  readonly file: FileChange
}

/** Hosts whose file differs in the same way are named together. */
function alike(services: readonly ServiceChange[]): Alike[] {
  const found = new Map<string, Alike>()
  for (const { host, daemon, group, files } of services) {
    for (const file of files) {
      const service = `${daemon}/${group}`
      const { path, drift, diff, live, wanted } = file
      const key = JSON.stringify([service, path, drift, diff ?? [live, wanted]])
      const known = found.get(key)
      if (known) known.hosts.push(host)
      else found.set(key, { service, hosts: [host], file })
    }
  }
  return [...found.values()]
}
