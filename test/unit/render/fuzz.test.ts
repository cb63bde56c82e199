import Handlebars from 'handlebars'
import { expect, test } from 'vitest'
import { parseFleet } from '../../../src/fleet/load.ts'
import { ZdtError } from '../../../src/lib/errors.ts'
import type { Daemon } from '../../../src/lib/rendered.ts'
import { renderFleet } from '../../../src/operations/rendered.ts'
import { TemplateError } from '../../../src/render/errors.ts'
import { versions } from './goldens.ts'
import { randomFleet } from './random-fleet.ts'
import { cases, firstSeed, random } from './random.ts'
import { data, partials, tameTemplate, wildTemplate } from './random-template.ts'
import { libraryWith, renderedFrom } from './templates.ts'

const library = await libraryWith(partials)

/** Runs every case, and says of the first that fails how it is run again alone. */
async function eachSeed(run: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    await run(seed).catch((error: unknown) => {
      throw new Error(`ZDT_SEED=${seed} ZDT_FUZZ=1 shows it again`, { cause: error })
    })
  }
}

test('any template is rendered or refused with its place', { timeout: 120_000 }, async () => {
  const came = { text: 0, refused: 0 }
  await eachSeed(async (seed) => {
    const template = wildTemplate(random(seed))
    try {
      const { text } = await renderedFrom(library, template, data)
      came.text++
      expect(text).not.toMatch(/undefined|\[object/)
      expect(text === '' || text.endsWith('\n')).toBe(true)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      came.refused++
      expect(error.message).toMatch(/\.hbs:[1-9]\d*:[1-9]\d*: \S/)
      expect(error.message).not.toContain('s3cret')
    }
  })
  if (cases >= 100) expect(Math.min(came.text, came.refused)).toBeGreaterThan(cases / 20)
})

test('any fleet is rendered by zdt’s own templates, or refused', { timeout: 240_000 }, async () => {
  const came = { rendered: 0, refused: 0 }
  const options = {
    versionOf: (daemon: Daemon) => Promise.resolve(versions[daemon][0] ?? ''),
    env: { STATS: 's3cret' },
  }
  await eachSeed(async (seed) => {
    try {
      const fleet = parseFleet(randomFleet(random(seed)), '/nowhere/zdt.yaml')
      for (const { files } of await renderFleet(fleet, [], options)) {
        came.rendered++
        for (const { content } of files) {
          expect(content).not.toMatch(/undefined|\[object|\bnull\b/)
          expect(content.endsWith('\n')).toBe(true)
        }
      }
    } catch (error) {
      if (!(error instanceof ZdtError) || error.exit !== 'usage') throw error
      came.refused++
    }
  })
  if (cases >= 100) expect(Math.min(came.rendered, came.refused)).toBeGreaterThan(cases / 20)
})

test('of what both take, zdt and Handlebars make the same', { timeout: 120_000 }, async () => {
  // Two differences are meant: the last line is closed, and empty lines are not indented.
  const closed = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
  const bare = (text: string) => closed(text).replaceAll(/^[ \t]+$/gm, '')
  // Theirs escapes, for without it adds up two numbers that stand side by side: so nothing here is to be escaped.
  const plain = { ...data, text: 'some text' }
  const theirs = Handlebars.create()
  for (const [name, text] of Object.entries(partials)) theirs.registerPartial(name, text)
  let same = 0
  await eachSeed(async (seed) => {
    const template = tameTemplate(random(seed))
    const ours = await renderedFrom(library, template, plain).catch((error: unknown) => {
      if (error instanceof TemplateError) return undefined
      throw error
    })
    if (!ours) return
    same++
    expect(bare(ours.text), template).toBe(bare(theirs.compile(template)(plain)))
  })
  if (cases >= 100) expect(same).toBeGreaterThan(cases / 5)
})
