import { NoSuchFile } from './errors.ts'
import type { Host } from './host.ts'

/** What a file of root's says; undefined where there is none. Throws what Host.read throws otherwise. */
export async function textAt(host: Host, path: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return (await host.read(path, { as: 'root', ...(signal && { signal }) })).toString()
  } catch (error) {
    if (error instanceof NoSuchFile) return undefined
    throw error
  }
}
