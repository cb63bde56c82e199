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
      ...versions.map(({ name, files }) => {
        const { at, run } = partsOf(name)
        const there = files.filter(({ sha256 }) => sha256 !== null)
        return `  ${run}  until ${at}  ${count(there.length, 'file')}  ${(there[0]?.sha256 ?? '').slice(0, 12)}`
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

/** `20261121T123045Z-7K2Q9X`, taken apart. */
function partsOf(name: string): { at: string; run: string } {
  const [, year, month, day, hours, minutes, seconds, run] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(.*)$/.exec(name) ?? []
  return run === undefined
    ? { at: '', run: name }
    : { at: `${year}-${month}-${day} ${hours}:${minutes}:${seconds} UTC`, run }
}
