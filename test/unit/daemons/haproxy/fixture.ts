import { readFileSync } from 'node:fs'
import { splitAnswers } from '../../../../src/daemons/haproxy/answers.ts'
import { parseServers, type Servers } from '../../../../src/daemons/haproxy/servers.ts'
import type { BackendView, ServerView } from '../../../../src/daemons/haproxy/server-view.ts'

export const versions = ['2.6', '3.0'] as const
export type Version = (typeof versions)[number]

/** What a real HAProxy said, byte for byte: `haproxy-3.0/info.txt`, or a file of no version. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}

/** The answer to one command. */
export function answer(name: string): string {
  return answers(name, 1)[0] ?? ''
}

/** The answers to several. */
export function answers(name: string, commands: number): readonly string[] {
  const cut = splitAnswers(fixture(name), commands)
  if ('unreadable' in cut) throw new Error(`${name}: ${cut.unreadable}`)
  return cut
}

/** What `servers()` would give for a recorded round of its three commands. */
export function recordedServers(name: string): Servers {
  const [state = '', stat = '', conn = ''] = answers(name, 3)
  return parseServers([state, stat, conn])
}

/** One server of a recorded round. */
export function recorded(name: string, seat: string): ServerView {
  const view = recordedServers(name).servers.find(({ backend, server }) => `${backend}/${server}` === seat)
  if (view === undefined) throw new Error(`${name} has no ${seat}`)
  return view
}

/** One backend of a recorded round. */
export function recordedBackend(name: string, backend: string): BackendView {
  const view = recordedServers(name).backends.find((each) => each.backend === backend)
  if (view === undefined) throw new Error(`${name} has no ${backend}`)
  return view
}
