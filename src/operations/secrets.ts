import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Fleet, SecretSpec } from '../fleet/fleet.ts'
import { runHere } from '../hosts/run-here.ts'
import { ZdtError } from '../lib/errors.ts'

/** A secret that cannot be had. Its own text is nowhere in it. */
export class SecretUnavailable extends ZdtError {
  constructor(name: string, why: string, details: { said?: string; suggestions?: readonly string[] } = {}) {
    super(`the secret ${name} cannot be had: ${why}`, { code: 'secret-unavailable', exit: 'refused', ...details })
  }
}

/** A fleet's secrets, each fetched when it is first asked for, and once. Throws SecretUnavailable. */
export function secretsOf(fleet: Fleet, env: NodeJS.ProcessEnv = process.env): (name: string) => Promise<string> {
  const fetched = new Map<string, Promise<string>>()
  return (name) => {
    const known = fetched.get(name)
    if (known) return known
    const spec = fleet.secrets.get(name)
    if (!spec) throw new RangeError(`the fleet has no secret ${name}`)
    const fetching = fetchSecret(name, spec, dirname(fleet.file), env)
    fetched.set(name, fetching)
    return fetching
  }
}

async function fetchSecret(name: string, spec: SecretSpec, directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const text = await textOf(name, spec, directory, env)
  // Editors and commands end their text with a line break that is none of it.
  const secret = text.replace(/\r?\n$/, '')
  if (secret.trim() === '') throw new SecretUnavailable(name, 'it is empty')
  return secret
}

async function textOf(name: string, spec: SecretSpec, directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  if ('env' in spec) {
    const value = env[spec.env]
    if (value === undefined) {
      throw new SecretUnavailable(name, `the environment variable ${spec.env} is not set`, {
        suggestions: [`set ${spec.env}, or say in zdt.yaml (secrets.${name}) where it comes from`],
      })
    }
    return value
  }
  if ('file' in spec) {
    const path = resolve(directory, spec.file)
    return await readFile(path, 'utf8').catch((error: Error) => {
      throw new SecretUnavailable(name, `${path} cannot be read`, {
        said: error.message,
        suggestions: [`write it there, or say in zdt.yaml (secrets.${name}) where it comes from`],
      })
    })
  }
  return await printedBy(name, spec, directory, env)
}

async function printedBy(
  name: string,
  { command, timeout }: Extract<SecretSpec, { command: unknown }>,
  directory: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const { code, stdout, stderr } = await runHere(directory, command, { timeout, env })
    if (code === 0) return stdout.toString()
    throw new SecretUnavailable(name, `${command[0]} ended with ${code}`, { said: stderr.toString().trim() })
  } catch (error) {
    if (!(error instanceof ZdtError) || error instanceof SecretUnavailable) throw error
    throw new SecretUnavailable(name, `${command[0]} did not answer`, { said: error.said ?? error.message })
  }
}
