import type { ServiceVersions, VersionTexts } from '../operations/config/versions.ts'
import { cleanLine } from './clean.ts'
import { count } from './lines.ts'
import { finish, type Page } from './page.ts'

/** The versions that hosts keep, the newest first: when each was replaced, by which run, and its files. */
export function versionsText({ services }: { readonly services: readonly ServiceVersions[] }, page: Page): string {
  const { paint } = page
  return finish(
    services.flatMap(({ host, daemon, group, versions }) => [
      paint.bold(`${host}  ${daemon}/${group}`),
      ...(versions.length === 0 ? [paint.dim('  none: zdt has replaced nothing here yet')] : []),
      ...versions.map(({ run, replaced, files }) => {
        const there = files.filter(({ sha256 }) => sha256 !== null)
        return `  ${run}  until ${utc(replaced)}  ${count(there.length, 'file')}  ${(there[0]?.sha256 ?? '').slice(0, 12)}`
      }),
    ]),
    page,
  )
}

/** A version's files as they were: of one nothing but itself, of several with a line before each. */
export function versionText({ files }: VersionTexts): string {
  const there = files.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]))
  return there.map(({ path, text }) => (there.length === 1 ? text : `# ${cleanLine(path)}\n${text}`)).join('\n')
}

/** `2026-11-21 12:30:45 UTC`: a host's clock, whoever reads it. */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
