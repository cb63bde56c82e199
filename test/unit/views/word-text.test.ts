import { expect, test } from 'vitest'
import type { Event, Happening } from '../../../src/engine/events.ts'
import { lineView } from '../../../src/views/line-view.ts'
import { terminalView } from '../../../src/views/terminal-view.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { describe, drainApp2 } from './recorded-runs.ts'

const happenings: readonly Happening[] = [
  { event: 'run', plan: drainApp2, operator: 'oncall@ops2', pid: 1 },
  { event: 'asking', number: 1, question: 'Good?', timeout: 1_800_000 },
  { event: 'word', id: '12ab', word: 'promote', by: 'bob@ops1', number: 1, heeded: true },
  { event: 'answer', number: 1, asked: 'run', answer: 'yes' },
  { event: 'stage', number: 2 },
  { event: 'waiting', step: '2.lb1', awaiting: ['lb1 websocket'], timeout: 300_000 },
  { event: 'word', id: '34cd', word: 'pause', by: 'anna@ops2', heeded: true },
  { event: 'end', ended: 'interrupted', left: [] },
]
const events = happenings.map((happening, index): Event => ({ at: index * 1000, ...happening }))
const env = { LANG: 'C.UTF-8', NO_COLOR: '1' }

test('a log tells what is asked and for how long, and who said what from elsewhere', () => {
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line.slice(9).trimEnd()) } as unknown as NodeJS.WritableStream
  const view = lineView(describe, stream, env)
  events.forEach((event) => view.event(event))
  expect(lines).toContain('      step 1: Good? waits up to 30 m for zdt promote 7K2Q9X')
  expect(lines).toContain('run 7K2Q9X step 1 promoted by bob@ops1')
  expect(lines).toContain('run 7K2Q9X paused by anna@ops2')
})

test('on a terminal it stays when the line has ended under which it came', async () => {
  const terminal = new FakeTerminal(80)
  const view = terminalView(describe, terminal.stream, { env, now: () => 0 })
  events.forEach((event) => view.event(event))
  await view.settled()
  expect(terminal.text).toMatchInlineSnapshot(`
    "step 1: Good? waits up to 30 m for zdt promote 7K2Q9X
    step 1 promoted by bob@ops1
    ⚠ 2  wait until nobody is connected (5 m) · lb1, lb2                     1.0 s
         lb1  websocket
    paused by anna@ops2
    "
  `)
})
