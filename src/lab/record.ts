import { readFile, writeFile } from 'node:fs/promises'
import type { LabPaths } from './paths.ts'
import type { LabShape } from './shape.ts'

/** What is known of a lab that was furnished to the end. */
export interface LabRecord {
  readonly shape: LabShape
  /** Genuine daemons of several versions. */
  readonly binaries: string
}

/** Reads a lab's record; undefined when it was never furnished to the end. */
export async function readRecord(lab: LabPaths): Promise<LabRecord | undefined> {
  const text = await readFile(lab.record, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as LabRecord)
}

export async function writeRecord(lab: LabPaths, record: LabRecord): Promise<void> {
  await writeFile(lab.record, JSON.stringify(record, undefined, 2))
}
