import { spawn } from 'node:child_process'
import { labEnvironment } from '../../../src/lab/exec.ts'
import { inNetwork } from '../../../src/lab/network.ts'
import { labPaths } from '../../../src/lab/paths.ts'
import type { Ended, Given, Lab } from './lab.ts'

/** A program that runs in the lab's network beside the test. */
export interface Running {
  readonly pid: number
  /** What it has said so far. */
  stdout(): string
  stderr(): string
  /** Resolves as soon as its output, either stream, matches; rejects when it ends first, with all that it said. */
  said(pattern: RegExp): Promise<void>
  write(line: string): void
  /** Ends its input. */
  end(): void
  signal(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** Starts a program of this machine inside the lab's network; it is killed after four minutes, or `timeout`, whatever happens. */
export async function startInLab(lab: Lab, argv: readonly string[], given: Given = {}): Promise<Running> {
  const { env, timeout = 240_000 } = given
  const [file = '', ...args] = inNetwork(labPaths(lab.name), argv)
  const child = spawn(file, args, {
    env: { ...(await labEnvironment(lab.name)), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  })
  const said = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  const hear = (stream: 'stdout' | 'stderr') => (text: string) => {
    said[stream] += text
    for (const look of waiting) look()
  }
  child.stdout.setEncoding('utf8').on('data', hear('stdout'))
  child.stderr.setEncoding('utf8').on('data', hear('stderr'))
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), ...said }))
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(said.stdout) && !pattern.test(said.stderr)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        ended.then(({ code }) => {
          if (!waiting.delete(look)) return
          reject(new Error(`ended with ${code}, ${pattern} unsaid:\n${said.stdout}\n${said.stderr}`))
        }, reject)
      }),
    write: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.stdin.end(),
    signal: (signal) => void child.kill(signal),
    ended,
  }
}
