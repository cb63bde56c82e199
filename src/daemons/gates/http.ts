import { formatDuration } from '../../lib/durations.ts'
import type { Millis } from '../../lib/types.ts'
import type { GateVerdict } from './verdict.ts'

/** Does a URL answer as it should? Redirects are not followed: they are answers too. */
export async function askUrl(
  {
    url,
    status,
    body,
    timeout,
  }: { readonly url: string; readonly status: number; readonly body?: string; readonly timeout: Millis },
  signal: AbortSignal,
): Promise<GateVerdict> {
  try {
    const answer = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    })
    const text = await answer.text()
    if (answer.status !== status) return { says: 'fail', text: `${url} says ${answer.status}, not ${status}` }
    if (body !== undefined && !text.includes(body)) {
      return { says: 'fail', text: `${url} does not say ${JSON.stringify(body)}` }
    }
    return { says: 'pass', text: `${url} says ${status}` }
  } catch (error) {
    signal.throwIfAborted()
    return { says: 'fail', text: `${url}: ${whyNot(error, timeout)}` }
  }
}

/** What is behind `fetch failed`. */
export function whyNot(error: unknown, timeout: Millis): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer in ${formatDuration(timeout)}`
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
