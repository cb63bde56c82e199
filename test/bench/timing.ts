import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Something to be measured: does it once, and says how long that took in milliseconds. */
export type Contestant = () => Promise<number>

/** Lets all contestants have their turn, `rounds` times, so that a busy moment hits each of them alike. */
export async function takeTurns<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[]
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (const name of names) await contestants[name]()
  for (let round = 0; round < rounds; round++) for (const name of names) took[name].push(await contestants[name]())
  return took
}

/** Runs programs side by side until all have ended; throws when one fails. Returns the time and what each wrote. */
export async function run(
  commands: readonly (readonly string[])[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ took: number; stdout: string[] }> {
  const started = performance.now()
  const stdout = await Promise.all(commands.map((argv) => output(argv, env)))
  return { took: performance.now() - started, stdout }
}

async function output([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} exited ${code}:\n${stderr}\n${stdout}`)
  return stdout
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The fastest: what it takes when nothing else runs. */
export function fastest(values: readonly number[]): number {
  return Math.min(...values)
}
