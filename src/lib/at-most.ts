import type { Millis } from './types.ts'

/** Waits until something has ended, either way, but `ms` at the most. Never rejects. */
export async function atMost(ms: Millis, something: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const longEnough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([Promise.allSettled([something]), longEnough])
  clearTimeout(timer)
}
