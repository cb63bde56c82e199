import type { Imported, ImportedFile } from '../operations/config/import.ts'
import { cleanLine } from './clean.ts'
import { wrap } from './lines.ts'
import { finish, type Page } from './page.ts'

/** What was taken over, and what to write into zdt.yaml for it. */
export function importedText({ host, fleet, files }: Imported, page: Page): string {
  const { paint, width } = page
  const unnamed = files.filter(({ named }) => !named)
  return finish(
    [
      ...files.flatMap((file) => [
        ...wrap(`${host}: ${cleanLine(file.path)} is now ${file.template}`, width, '✔ ').map(paint.green),
        ...remarks(file).flatMap((remark) => wrap(remark, width, '  ')),
      ]),
      ...(unnamed.length > 0 ? ['', `Name ${unnamed.length === 1 ? 'it' : 'them'} in ${fleet}:`] : []),
      ...unnamed.flatMap(({ daemon, group, template }) => [
        `  ${daemon}:`,
        `    ${group}:`,
        paint.bold(`      template: ${template}`),
      ]),
      '',
      `Then: zdt diff ${host}`,
    ],
    page,
  )
}

function remarks({ lineEndAdded, includes }: ImportedFile): string[] {
  return [
    ...(lineEndAdded ? ['its last line had no line end; it has one now'] : []),
    ...(includes.length > 0
      ? [`it reads ${includes.map(cleanLine).join(', ')}, which stay as they are on the host`]
      : []),
  ]
}
