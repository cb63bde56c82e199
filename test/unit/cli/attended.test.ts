import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { atTerminal, hasTerminals } from './at-a-terminal.ts'

const asking = fileURLToPath(new URL('asking.ts', import.meta.url))

describe.skipIf(!hasTerminals)('a run at a terminal', () => {
  test('given keys typed while it works / they neither show nor answer the question that comes', async () => {
    const run = atTerminal(asking)
    await run.shows(/working/)
    run.type('typed ahead\r\r')
    await run.shows(/set it/)
    // Long enough for an answer to come, were there one.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(run.screen()).not.toContain('typed ahead')
    expect(run.screen()).not.toContain('answered')
    run.type('\r')
    await run.shows(/answered yes/)
    await run.shows(/not interrupted/)
    expect(await run.ended).toBe(0)
  })

  test('Ctrl-C while it works interrupts it, as ever', async () => {
    const run = atTerminal(asking)
    await run.shows(/working/)
    run.type('\u0003')
    await run.shows(/Finishing the step in hand[^]*interrupted/)
    expect(await run.ended).toBe(0)
  })

  test('a yes from elsewhere answers the question, and nothing of it stays on the screen', async () => {
    const run = atTerminal(asking, 'approved')
    await run.shows(/not yet: pause here/)
    await run.shows(/answered yes[^]*not interrupted/)
    expect(await run.ended).toBe(0)
  })

  test('Ctrl-C at the question pauses, and says nothing of a step in hand', async () => {
    const run = atTerminal(asking)
    await run.shows(/nothing was changed/)
    run.type('\u0003')
    await run.shows(/answered pause[^]*interrupted/)
    expect(run.screen()).not.toContain('Finishing')
    expect(await run.ended).toBe(0)
  })
})
