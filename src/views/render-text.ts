import type { RenderReport } from '../operations/render.ts'
import { finish, type Page } from './page.ts'

/** Configurations: one as it is, to be sent on; several under headings; or where they were written to. */
export function renderText({ files }: RenderReport, page: Page): string {
  const [only, ...others] = files
  if (only === undefined)
    return finish(['Nothing to render: no group of zdt.yaml is both this host’s and this service’s.'], page)
  if (only.written !== undefined)
    return finish(
      files.map(({ written = '' }) => written),
      page,
    )
  if (others.length === 0) return only.content ?? ''
  return files.map(({ host, path, content = '' }) => `${page.paint.bold(`# ${host} ${path}`)}\n${content}`).join('\n')
}
